/**
 * What a view and its host said to each other, newest first.
 */

import { element, fill, iconButton } from "../dom.js";
import { currentZone, inZone } from "../moments.js";

/** @typedef {import("./bridge.js").Exchange} Exchange */

const KEPT = 300;
/** Methods in words that a reader of the log understands at once. */
const WORDS = /** @type {Record<string, string>} */ ({ told: "told", execute: "do" });

/**
 * @returns {{root: HTMLElement, add: (exchange: Exchange) => void}}
 */
export function messageList() {
  const list = element("ol", {
    class: "feed-list",
    "aria-label": "Messages of the view, newest first",
    tabindex: "0",
  });
  const nothing = element("p", { class: "hint message-none" }, "The view has asked for nothing yet.");
  const root = element(
    "section",
    { class: "host-messages", "aria-label": "Messages" },
    element(
      "header",
      { class: "panel-head" },
      element("h2", {}, "Messages"),
      iconButton("trash", "Clear the messages", { onclick: () => (fill(list), (nothing.hidden = false)) }),
    ),
    nothing,
    list,
  );
  return {
    root,
    add: (exchange) => {
      nothing.hidden = true;
      list.prepend(line(exchange));
      if (list.childElementCount > KEPT) list.lastElementChild?.remove();
    },
  };
}

/** @param {Exchange} exchange */
function line(exchange) {
  const { time, seconds } = inZone(exchange.at, currentZone());
  const detail = element("div", { class: "feed-detail" });
  return element(
    "li",
    { class: "feed-entry" },
    element(
      "details",
      { ontoggle: () => !detail.childElementCount && fill(detail, detailsOf(exchange)) },
      element(
        "summary",
        { class: "message-line" },
        element("span", { class: "feed-time" }, `${time}:${seconds}`),
        element("span", { class: "feed-badge" }, WORDS[exchange.method] ?? exchange.method),
        element(
          "span",
          { class: "feed-what" },
          exchange.type,
          exchange.error ? element("small", { class: "refused" }, `  ${exchange.error}`) : null,
        ),
      ),
      detail,
    ),
  );
}

/** @param {Exchange} exchange */
function detailsOf(exchange) {
  /** @type {[string, unknown][]} */
  const parts = [
    ["Asked", exchange.args],
    ["Refused", exchange.error],
    [exchange.method === "told" ? "Told" : "Answered", exchange.data],
  ];
  return parts
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([title, value]) =>
      element(
        "section",
        {},
        element("h3", {}, title),
        element("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2)),
      ),
    );
}
