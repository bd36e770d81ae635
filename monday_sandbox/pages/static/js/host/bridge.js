/**
 * Messages between this page and the views it frames, as monday-sdk-js 0.5.9 sends and expects them: a view posts
 * `{method, args, requestId, clientId, version}`, the host answers `{method, type, requestId, data}` with an
 * `errorMessage` where it refuses, and sends `{method: "listen", type, data}` whenever something listened to changes.
 * Only windows that this page framed are answered, and only while they show the origin they were framed for.
 */

/** A refusal; the SDK rejects its promise with the message, and `data` beside it. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {unknown} [data]
   */
  constructor(message, data = null) {
    super(message);
    this.name = "Refusal";
    this.data = data;
  }
}

/**
 * @typedef {{frame: HTMLIFrameElement, origin: string, listening: Set<string>}} View
 * @typedef {{at: Date, method: string, type: string, args: any, data?: any, error?: string}} Exchange
 * @typedef {(args: any, view: View) => Promise<unknown>} Answer
 */

/**
 * @param {Record<string, Answer>} answers by the message's method
 * @param {(type: string) => Promise<unknown>} current what a listener is given at once; `undefined` for nothing
 * @param {(exchange: Exchange) => void} onExchange a message was answered, or sent without being asked
 */
export function bridge(answers, current, onExchange) {
  /** @type {Set<View>} */
  const views = new Set();
  /** What was told last, by type. @type {Map<string, unknown>} */
  const told = new Map();

  /** @param {MessageEvent} event */
  const hear = async (event) => {
    const view = [...views].find((one) => one.frame.contentWindow === event.source);
    const { method, args = {}, requestId } = event.data ?? {};
    if (!view || event.origin !== view.origin || typeof method !== "string" || !requestId) return;
    const { answer, exchange } = await reply(method, args ?? {}, view);
    onExchange(exchange);
    post(view, { method, requestId, ...answer });
  };

  /**
   * @param {string} method
   * @param {any} args
   * @param {View} view
   */
  const reply = async (method, args, view) => {
    /** @type {Exchange} */
    const exchange = { at: new Date(), method, type: nameOf(method, args), args };
    try {
      const data = method === "listen" ? await listen(args, view) : await ask(method, args, view);
      // The SDK calls listeners of a type with every message of it: only what tells that type's state may name it.
      const type = (method === "get" || method === "listen") && data !== undefined ? args.type : undefined;
      return { answer: { type, data }, exchange: { ...exchange, data } };
    } catch (error) {
      const { message, data } = /** @type {Refusal} */ (error);
      return {
        answer: { data: data ?? null, errorMessage: message },
        exchange: { ...exchange, data, error: message },
      };
    }
  };

  /** @type {(method: string, args: any, view: View) => Promise<unknown>} */
  const ask = (method, args, view) => {
    if (!Object.hasOwn(answers, method)) throw new Refusal(`The host knows no method “${method}”.`);
    return answers[method](args, view);
  };

  /** @param {any} args @param {View} view */
  const listen = async (args, view) => {
    view.listening.add(args.type);
    const before = told.get(args.type);
    const read = await current(args.type);
    // What was told while this was read is newer.
    return told.get(args.type) === before ? read : told.get(args.type);
  };

  /** @param {View} view @param {unknown} message */
  const post = (view, message) => {
    if (views.has(view)) view.frame.contentWindow?.postMessage(message, view.origin);
  };

  addEventListener("message", hear);
  return {
    /** @param {HTMLIFrameElement} frame @param {string} origin */
    add: (frame, origin) => {
      const view = { frame, origin, listening: new Set() };
      views.add(view);
      return view;
    },
    /** @param {View} view */
    remove: (view) => void views.delete(view),
    /**
     * Tell those who listen.
     *
     * @param {string} type
     * @param {unknown} data
     */
    tell: (type, data) => {
      told.set(type, data);
      const hearing = [...views].filter((view) => view.listening.has(type));
      for (const view of hearing) post(view, { method: "listen", type, data });
      if (hearing.length) onExchange({ at: new Date(), method: "told", type, args: null, data });
    },
  };
}

/**
 * What a message is about, in a word.
 *
 * @param {string} method
 * @param {any} args
 */
function nameOf(method, args) {
  if (method === "storage") return `${args.method} ${args.key}`;
  if (method === "api") return /\b(?:query|mutation)\s+(\w+)/.exec(args.params?.query ?? "")?.[1] ?? "";
  return args.params?.name ? `${args.type} ${args.params.name}` : String(args.type ?? "");
}
