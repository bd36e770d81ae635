/**
 * One line of the feed, with everything known of it inside.
 */

import { element, fill } from "./dom.js";
import { currentZone, inZone } from "./moments.js";
import { allAccounts } from "./session.js";

/**
 * An API call, or what was sent to somebody (a webhook, an app's event, an automation's call), as the sandbox wrote it down.
 *
 * @typedef {Object} Entry
 * @property {number} id
 * @property {"api" | "webhook" | "lifecycle" | "block"} kind
 * @property {string} at ISO 8601
 * @property {string | null} account_id
 * @property {string | null} user who called, or who owns the webhook
 * @property {number | null} status of HTTP; none when there was no answer
 * @property {number} duration_ms
 * @property {string | null} [operation] a call's
 * @property {string | null} [query] a call's
 * @property {Record<string, any> | null} [variables] a call's
 * @property {{message: string}[] | null} [errors] a call's
 * @property {number | null} [complexity] a call's, where it asked for it
 * @property {string} [url] a delivery's
 * @property {string} [event] a delivery's: what the webhook subscribed to
 * @property {number} [attempts] a delivery's, this one included
 * @property {string | null} [error] a delivery's: why there was no answer
 * @property {Record<string, any>} [payload] a delivery's
 */

/**
 * Whether an entry is a read these pages made themselves.
 *
 * @param {Entry} entry
 * @returns {boolean}
 */
export function isOwnRead(entry) {
  return entry.kind === "api" && /^\s*query page_/.test(entry.query ?? "");
}

/**
 * @param {Entry} entry
 * @returns {HTMLElement}
 */
export function entryLine(entry) {
  const { time, seconds } = inZone(new Date(entry.at), currentZone());
  const detail = element("div", { class: "feed-detail" });
  const line = element(
    "details",
    { ontoggle: () => !detail.childElementCount && fill(detail, detailsOf(entry)) },
    element(
      "summary",
      {},
      element("span", { class: "feed-time" }, `${time}:${seconds}`),
      badge(entry),
      element("span", { class: "feed-account" }, accountName(entry.account_id)),
      element("span", { class: "feed-what" }, ...summaryOf(entry)),
      element("span", { class: "feed-cost" }, costOf(entry)),
      element(
        "span",
        { class: hasFailed(entry) ? "feed-status bad" : "feed-status good" },
        entry.status ?? "-",
      ),
    ),
    detail,
  );
  return element("li", { class: "feed-entry" }, line);
}

/** What is sent, by the kind of its entry. */
const SENT = { webhook: "Webhook", lifecycle: "App event", block: "Automation" };

/** @param {Entry} entry */
function badge(entry) {
  if (entry.kind !== "api") return element("span", { class: "feed-badge webhook" }, SENT[entry.kind]);
  const changes = isMutation(entry);
  return element(
    "span",
    { class: changes ? "feed-badge mutation" : "feed-badge" },
    changes ? "Mutation" : "Query",
  );
}

/**
 * Whether a call changes something, as far as its document tells.
 *
 * @param {Entry} entry
 * @returns {boolean}
 */
export function isMutation(entry) {
  return /^\s*mutation\b/m.test(entry.query ?? "");
}

/**
 * @param {Entry} entry
 * @returns {(Node | string)[]}
 */
function summaryOf(entry) {
  if (entry.kind !== "api") {
    const event = entry.payload?.event ?? {};
    const about = [event.columnTitle, event.pulseName ?? event.itemName].filter(Boolean).join(", ");
    return [event.type ?? entry.event, quiet(about), quiet(entry.error, "refused")];
  }
  const said = entry.errors?.[0]?.message;
  return [entry.operation ?? nameOf(entry.query ?? ""), quiet(entry.user), quiet(said, "refused")];
}

/**
 * What a document does: the name it has, else its first field.
 *
 * @param {string} query
 */
function nameOf(query) {
  const named = /\b(?:query|mutation)\s+(\w+)/.exec(query);
  const field = /\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(query);
  return (named ?? field)?.[1] ?? "not a document";
}

/** @param {string | null | undefined} text @param {string} [kind] class */
function quiet(text, kind) {
  return element("small", { class: kind }, text ? `  ${text}` : "");
}

/** @param {Entry} entry */
function costOf(entry) {
  const parts = [
    entry.complexity ? `${entry.complexity.toLocaleString("en")} points` : null,
    entry.attempts && entry.attempts > 1 ? `attempt ${entry.attempts}` : null,
    `${Math.round(entry.duration_ms)} ms`,
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * @param {Entry} entry
 * @returns {boolean}
 */
export function hasFailed(entry) {
  return entry.status === null || entry.status >= 300 || Boolean(entry.errors?.length);
}

/** @param {string | null} id */
function accountName(id) {
  return allAccounts().find((account) => account.id === id)?.name ?? "";
}

/**
 * Everything known of an entry: what it was in a sentence, then its parts; what no part names comes last, so that
 * nothing the sandbox writes down stays hidden.
 *
 * @param {Entry} entry
 */
function detailsOf(entry) {
  /** @type {[string, string][]} */
  const parts =
    entry.kind !== "api"
      ? [
          ["Failed because", "error"],
          ["Delivered to", "url"],
          ["Payload", "payload"],
        ]
      : [
          ["Errors", "errors"],
          ["Document", "query"],
          ["Variables", "variables"],
        ];
  const told = new Set([...SAID_IN_LINE, ...parts.map(([, name]) => name)]);
  const known = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (entry));
  const others = Object.fromEntries(
    Object.entries(known).filter(([name, value]) => !told.has(name) && value !== null),
  );
  return [
    element("p", { class: "feed-said" }, sentenceOf(entry)),
    ...parts.filter(([, name]) => hasContent(known[name])).map(([title, name]) => part(title, known[name])),
    Object.keys(others).length ? part("Also", others) : null,
  ];
}

/** What the line of an entry says already, or its first sentence. */
const SAID_IN_LINE = [
  ...["id", "kind", "at", "account", "account_id", "user", "user_id", "status", "duration_ms"],
  ...["complexity", "attempts", "event", "operation"],
];

/** @param {unknown} value */
function hasContent(value) {
  return (
    Boolean(value) && (typeof value !== "object" || Object.keys(/** @type {object} */ (value)).length > 0)
  );
}

/** @param {Entry} entry */
function sentenceOf(entry) {
  const took = `${entry.duration_ms} ms`;
  if (entry.kind !== "api") {
    const answer = entry.status ? `answered ${entry.status}` : "had no answer";
    const attempt = entry.attempts
      ? `Attempt ${entry.attempts} of the ${SENT[entry.kind].toLowerCase()}`
      : `The ${SENT[entry.kind].toLowerCase()}`;
    return `${attempt} “${entry.event}” ${answer} in ${took}.`;
  }
  const cost = entry.complexity ? `, for ${entry.complexity.toLocaleString("en")} points` : "";
  const answer = entry.status ? `answered ${entry.status}` : "given no answer";
  return `${entry.user ?? "Somebody unknown"} was ${answer} in ${took}${cost}.`;
}

/**
 * @param {string} title
 * @param {unknown} value
 */
function part(title, value) {
  const text = typeof value === "string" ? value.trim() : JSON.stringify(value, null, 2);
  return element("section", {}, element("h3", {}, title), element("pre", { tabindex: "0" }, text));
}
