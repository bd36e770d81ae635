/**
 * What views ask of the host, answered from the sandbox: `get`, `set`, `storage` and `api`.
 */

import { askSandbox, callMonday, fetchSessionToken, postJson } from "../api.js";
import { sandboxNow } from "../clock.js";
import { READ_ITEM_IDS, READ_MORE_IDS } from "../documents.js";
import { contextOf, instanceId } from "./context.js";
import { Refusal } from "./bridge.js";

/** @typedef {import("./context.js").Place} Place */

/**
 * @param {() => Place} place where the view stands now
 * @param {() => string} term what the board is searched for
 * @param {(type: string, data: unknown) => void} tell those who listen
 */
export function answers(place, term, tell) {
  /** @type {Record<string, () => Promise<unknown>>} */
  const readers = {
    context: async () => {
      const { account, user } = place();
      const claims = claimsOf(await fetchSessionToken(account.slug, user.id));
      const asked = `/sandbox/view/app?account=${encodeURIComponent(account.slug)}`;
      const { approved_scopes: scopes } = await askSandbox(asked);
      return contextOf(place(), claims, scopes, sandboxNow());
    },
    settings: async () =>
      (await askSandbox(`/sandbox/view/settings?${new URLSearchParams(where())}`)).settings,
    sessionToken: () => fetchSessionToken(place().account.slug, place().user.id),
    itemIds: () => itemIds(place(), term()),
    filter: async () => ({ term: term(), rules: [], operator: null }),
    location: async () => locationOf(place()),
  };

  const where = () => ({ account: place().account.slug, instance: String(instanceId(place())) });

  /** @param {unknown} type */
  const read = (type) => {
    if (typeof type !== "string" || !Object.hasOwn(readers, type))
      throw new Refusal(`The host can't get “${type}”.`);
    return readers[type]();
  };

  /** @param {Record<string, unknown>} changes */
  const changeSettings = async (changes) => {
    const settings = { .../** @type {object} */ (await readers.settings()), ...changes };
    await postJson("/sandbox/view/settings", { ...where(), settings });
    tell("settings", settings);
    return { success: true };
  };

  return {
    read,
    /** @param {Record<string, unknown>} settings */
    replaceSettings: async (settings) => {
      await postJson("/sandbox/view/settings", { ...where(), settings });
      tell("settings", settings);
    },
    /** What a listener is given at once. @param {unknown} type @returns {Promise<unknown>} */
    current: async (type) => (type === "events" ? undefined : read(type)),
    /** @type {Record<string, import("./bridge.js").Answer>} */
    methods: {
      get: async (args) => read(args.type),
      set: async (args) => {
        if (args.type !== "settings") throw new Refusal(`The host can't set “${args.type}”.`);
        return changeSettings(args.params ?? {});
      },
      storage: async (args) => {
        const { method, key, value, options, segment } = args;
        return postJson("/sandbox/view/storage", { ...where(), method, key, value, options, segment });
      },
      api: (args) => callForView(place(), args),
    },
  };
}

/**
 * The app's call, under the user who looks at the view.
 *
 * @param {Place} place
 * @param {any} args
 */
async function callForView(place, args) {
  const { query, variables } = args.params ?? {};
  const headers = new Headers({ "Content-Type": "application/json", Authorization: place.user.api_token });
  if (args.apiVersion) headers.set("API-Version", args.apiVersion);
  const response = await fetch("/v2", {
    method: "POST",
    headers,
    body: JSON.stringify({ query, variables: variables ?? {} }),
  }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!answer) throw new Refusal(`monday.com answered ${response?.status ?? "nothing"} without data.`);
  if (answer.errors?.length) throw new Refusal(answer.errors[0].message, answer);
  if (answer.error_message) throw new Refusal(answer.error_message, answer);
  return answer;
}

/**
 * The ids of a board's items, those that are searched for.
 *
 * @param {Place} place
 * @param {string} term
 * @returns {Promise<number[]>}
 */
async function itemIds(place, term) {
  if (!place.board) return [];
  const params = term
    ? { rules: [{ column_id: "name", compare_value: [term], operator: "contains_text" }] }
    : null;
  const token = place.user.api_token;
  const { boards } = await callMonday(token, READ_ITEM_IDS, { board: place.board.id, params });
  const items = [...(boards[0]?.items_page.items ?? [])];
  let cursor = boards[0]?.items_page.cursor;
  while (cursor) {
    const { next_items_page: page } = await callMonday(token, READ_MORE_IDS, { cursor });
    items.push(...page.items);
    cursor = page.cursor;
  }
  return items.map((item) => Number(item.id));
}

/**
 * The address a person would see at monday.com.
 *
 * @param {Place} place
 */
function locationOf(place) {
  const board = place.board ? `/boards/${place.board.id}` : "";
  const rest = {
    board: `/views/${instanceId(place)}`,
    item: `/pulses/${place.item}`,
    dashboard: "",
    settings: "",
  }[place.view];
  return { href: `https://${place.account.slug}.monday.com${board}${rest}`, search: "" };
}

/**
 * @param {string} token
 * @returns {any} its `dat`
 */
function claimsOf(token) {
  const [, payload = ""] = token.split(".");
  const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes)).dat ?? {};
}
