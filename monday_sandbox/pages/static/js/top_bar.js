/**
 * The bar above every page: where to go, whether the page is live, the clock, the feed and the theme.
 */

import { clockControl } from "./clock.js";
import { element, icon } from "./dom.js";
import { feedPanel } from "./feed.js";
import { themeButton } from "./theme.js";

const STATE_TEXTS = { connecting: "Connecting …", live: "Live", reconnecting: "Reconnecting …" };

/**
 * Fill the bar.
 *
 * @param {() => void} onTime the clock was moved or another zone chosen
 */
export function topBar(onTime) {
  const state = element(
    "span",
    { class: "live-state", role: "status", "data-state": "connecting" },
    STATE_TEXTS.connecting,
  );
  const feed = feedPanel();
  const isAt = location.pathname;
  const bar = document.getElementById("top-bar");
  bar?.append(
    element(
      "nav",
      { class: "top-links", "aria-label": "Pages" },
      topLink("/", "board", "Boards", isAt === "/"),
      topLink("/side-by-side", "side-by-side", "Side by side", isAt === "/side-by-side"),
      topLink("/host", "view", "View", isAt === "/host"),
      topLink("/weather", "weather", "Weather", isAt === "/weather"),
    ),
    element("div", { class: "top-tools" }, state, clockControl(onTime), feed.button, themeButton()),
  );
  return {
    /** @param {import("./live.js").LiveState} next */
    showState: (next) => {
      state.dataset.state = next;
      state.textContent = STATE_TEXTS[next];
    },
    hearLog: feed.hear,
  };
}

/**
 * @param {string} address
 * @param {string} picture
 * @param {string} text
 * @param {boolean} isHere
 */
function topLink(address, picture, text, isHere) {
  return element(
    "a",
    { class: "top-link", href: address, "aria-current": isHere ? "page" : null, title: text },
    icon(picture),
    element("span", {}, text),
  );
}
