/**
 * The sandbox's server-sent events. A lost connection is seen, tried again and made good: whoever listens is told
 * to read anew, because events may have passed meanwhile. A hidden tab lets go of its connection, since a browser
 * grants few of them to one address.
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

/**
 * @typedef {{account_id: string, board_id: string | null, item_id: string | null, what: string}} Change
 * @typedef {"connecting" | "live" | "reconnecting"} LiveState
 */

/** Mutations of what boards are made of: monday.com's webhooks, and so `change`, say nothing of most of them. */
const STRUCTURE =
  /\b(?:create|update|delete|archive|duplicate|move|change|set|add|remove|activate|deactivate|convert)_\w*(?:board|group|column|workspace|folder|user|team|file|asset)/;
const CELLS = /\b(?:move_item_to_group|change_(?:simple_|multiple_)?column_values?)\b/g;

/**
 * Whether a call may have changed boards, groups, columns or people, as far as its document tells.
 *
 * @param {Record<string, any>} entry of the log
 * @returns {boolean}
 */
export function isStructural(entry) {
  const document = String(entry.query ?? "").replace(CELLS, "");
  return entry.kind === "api" && /\bmutation\b/.test(document) && STRUCTURE.test(document);
}

/**
 * Listen until the page goes away.
 *
 * @param {{onChange?: (change: Change) => void, onLog?: (entry: Record<string, any>) => void,
 *   onState?: (state: LiveState) => void, onReturn?: () => void}} listener `onReturn`: connected again, read anew
 * @returns {Promise<void>} done when the first attempt to connect went either way
 */
export function listen({ onChange, onLog, onState, onReturn }) {
  /** @type {EventSource | null} */
  let source = null;
  let wait = FIRST_WAIT;
  let wasTried = false;
  /** @type {number | undefined} */
  let timer;
  /** @type {PromiseWithResolvers<void>} */
  const tried = Promise.withResolvers();

  const open = () => {
    clearTimeout(timer);
    source?.close();
    onState?.(wasTried ? "reconnecting" : "connecting");
    source = new EventSource("/sandbox/events");
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onState?.("live");
      tried.resolve();
      if (wasTried) onReturn?.();
      wasTried = true;
    });
    source.addEventListener("change", (event) => onChange?.(JSON.parse(event.data)));
    source.addEventListener("log", (event) => onLog?.(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      source?.close();
      wasTried = true;
      onState?.("reconnecting");
      tried.resolve();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(timer);
      source?.close();
      source = null;
    } else if (!source) {
      open();
    }
  });
  addEventListener("pagehide", () => source?.close());
  open();
  return tried.promise;
}
