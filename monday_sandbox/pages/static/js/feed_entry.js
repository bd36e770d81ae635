/**
 * One line of the feed, with everything known of it inside.
 */

import { element, fill } from "./dom.js";
import { currentZone, inZone } from "./moments.js";
import { allAccounts } from "./session.js";

/** @typedef {Record<string, any>} Entry */

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

/** @param {Entry} entry */
function badge(entry) {
  if (entry.kind === "webhook") return element("span", { class: "feed-badge webhook" }, "Webhook");
  const isMutation = /^\s*mutation\b/m.test(entry.query ?? "");
  return element(
    "span",
    { class: isMutation ? "feed-badge mutation" : "feed-badge" },
    isMutation ? "Mutation" : "Query",
  );
}

/**
 * @param {Entry} entry
 * @returns {(Node | string)[]}
 */
function summaryOf(entry) {
  if (entry.kind === "webhook") {
    const event = entry.payload?.event ?? {};
    const what = event.type ?? (entry.payload?.challenge ? "challenge" : "delivery");
    const about = [event.columnTitle, event.pulseName ?? event.itemName].filter(Boolean).join(", ");
    return [what, element("small", {}, ` ${about} ${entry.url ?? ""}`)];
  }
  const name = /\b(?:query|mutation)\s+(\w+)/.exec(entry.query ?? "")?.[1];
  const fields = entry.operation ?? name ?? (entry.query ?? "").replace(/\s+/g, " ").slice(0, 80);
  const [refusal] = entry.errors ?? [];
  return [fields, element("small", {}, refusal ? ` ${refusal.message ?? refusal}` : "")];
}

/** @param {Entry} entry */
function costOf(entry) {
  const cost = entry.cost ?? entry.complexity;
  const parts = [
    cost ? `${Number(cost).toLocaleString("en")} points` : null,
    entry.attempts > 1 ? `attempt ${entry.attempts}` : null,
    entry.duration_ms === undefined ? null : `${Math.round(entry.duration_ms)} ms`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** @param {Entry} entry */
function hasFailed(entry) {
  return (
    !(entry.status >= 200 && entry.status < 300) || Boolean(entry.errors?.length) || Boolean(entry.error)
  );
}

/** @param {string | number | null} id */
function accountName(id) {
  return allAccounts().find((account) => String(account.id) === String(id))?.name ?? "";
}

/** @param {Entry} entry */
function detailsOf(entry) {
  const parts =
    entry.kind === "webhook"
      ? [
          ["Delivered to", entry.url],
          ["Payload", entry.payload],
          ["Answer", entry.response ?? entry.error],
        ]
      : [
          ["Document", entry.query],
          ["Variables", entry.variables],
          ["Answer", entry.response ?? entry.errors],
        ];
  return parts
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([title, value]) =>
      element(
        "section",
        {},
        element("h3", {}, title),
        element(
          "pre",
          { tabindex: "0" },
          typeof value === "string" ? value.trim() : JSON.stringify(value, null, 2),
        ),
      ),
    );
}
