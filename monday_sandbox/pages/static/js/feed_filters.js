/**
 * Which entries of the feed are shown: by kind, by account, by what they contain.
 */

import { element, fill } from "./dom.js";
import { hasFailed, isMutation, isOwnRead } from "./feed_entry.js";
import { allAccounts } from "./session.js";

/** @typedef {import("./feed_entry.js").Entry} Entry */

/** @type {[string, (entry: Entry) => boolean][]} */
const KINDS = [
  ["All", () => true],
  ["Queries", (entry) => entry.kind === "api" && !isMutation(entry)],
  ["Mutations", (entry) => entry.kind === "api" && isMutation(entry)],
  ["Webhooks", (entry) => entry.kind !== "api"],
  ["Errors", hasFailed],
];

/**
 * @param {() => void} onChange
 * @returns {{parts: HTMLElement[], isShown: (entry: Entry) => boolean, hearAccounts: () => void}}
 */
export function feedFilters(onChange) {
  let [, ofKind] = KINDS[0];
  const kinds = KINDS.map(([text, matches], index) =>
    element(
      "button",
      {
        type: "button",
        class: "feed-kind",
        "aria-pressed": String(index === 0),
        onclick: () => {
          ofKind = matches;
          kinds.forEach((kind, at) => kind.setAttribute("aria-pressed", String(at === index)));
          onChange();
        },
      },
      text,
    ),
  );
  const account = /** @type {HTMLSelectElement} */ (
    element("select", { class: "feed-account-choice", "aria-label": "Account", onchange: onChange })
  );
  const search = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "search",
      class: "feed-search",
      placeholder: "Search",
      "aria-label": "Search the feed",
    })
  );
  search.addEventListener("input", onChange);
  const reads = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", onchange: onChange }));
  const hearAccounts = () => {
    const chosen = account.value;
    fill(
      account,
      element("option", { value: "" }, "All accounts"),
      allAccounts().map(({ id, name }) => element("option", { value: id, selected: id === chosen }, name)),
    );
  };
  hearAccounts();
  return {
    parts: [
      element("div", { class: "feed-kinds", role: "group", "aria-label": "What to show" }, kinds),
      account,
      search,
      element("label", { class: "feed-reads" }, reads, "Reads of these pages"),
    ],
    hearAccounts,
    isShown: (entry) =>
      ofKind(entry) &&
      (!account.value || String(entry.account_id) === account.value) &&
      (reads.checked || !isOwnRead(entry)) &&
      contains(entry, search.value.trim().toLowerCase()),
  };
}

/**
 * @param {Entry} entry
 * @param {string} wanted in small letters
 */
function contains(entry, wanted) {
  return !wanted || JSON.stringify(entry).toLowerCase().includes(wanted);
}
