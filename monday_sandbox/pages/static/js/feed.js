/**
 * What went over the wire: every API call and every webhook delivery, newest first, with what was sent and
 * answered. The page's own reads are left out unless asked for.
 */

import { fetchLog } from "./api.js";
import { element, fill, icon, iconButton } from "./dom.js";
import { entryLine } from "./feed_entry.js";
import { feedFilters } from "./feed_filters.js";
import { orShowError } from "./toast.js";

/** @typedef {import("./feed_entry.js").Entry} Entry */

const KEPT = 400;

/** @returns {{button: HTMLElement, hear: () => void}} the button that opens the panel; `hear` there is more to read */
export function feedPanel() {
  const host = /** @type {HTMLElement} */ (document.getElementById("feed"));
  /** @type {Entry[]} oldest first */
  let entries = [];
  let isReading = false;
  let isStale = false;

  const list = element("ol", {
    class: "feed-list",
    tabindex: "0",
    "aria-label": "Calls and deliveries, newest first",
    onkeydown: walkEntries,
  });
  const count = element("span", { class: "hint", role: "status" });
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();

  const draw = () => {
    const shown = entries.filter(filters.isShown).reverse();
    const wanted = shown.map((entry) => {
      const known = lines.get(keyOf(entry)) ?? entryLine(entry);
      lines.set(keyOf(entry), known);
      return known;
    });
    const keep = new Set(wanted);
    for (const child of [...list.children]) if (!keep.has(/** @type {HTMLElement} */ (child))) child.remove();
    wanted.forEach((line, index) => {
      if (list.children[index] !== line) list.insertBefore(line, list.children[index] ?? null);
    });
    count.textContent = shown.length ? `${shown.length} shown` : "Nothing yet.";
  };

  const filters = feedFilters(draw);

  /** Read what came after the newest entry, once at a time. */
  const read = async () => {
    if (isReading) {
      isStale = true;
      return;
    }
    isReading = true;
    const newest = entries[entries.length - 1];
    const found = await orShowError(() => fetchLog({ after: newest?.id, limit: KEPT }));
    isReading = false;
    if (found?.length) {
      const known = new Set(entries.map(keyOf));
      entries = [...entries, ...found.filter((entry) => !known.has(keyOf(entry)))]
        .sort((one, other) => one.id - other.id)
        .slice(-KEPT);
      const left = new Set(entries.map(keyOf));
      for (const key of [...lines.keys()]) if (!left.has(key)) lines.delete(key);
    }
    draw();
    if (isStale) {
      isStale = false;
      read();
    }
  };

  const button = element(
    "button",
    {
      type: "button",
      class: "feed-button",
      "aria-expanded": "false",
      "aria-controls": "feed",
      "aria-label": "Feed of calls and deliveries",
      onclick: () => toggle(Boolean(host.hidden)),
    },
    icon("feed"),
    element("span", {}, "Feed"),
  );
  /** @param {boolean} isOpen */
  const toggle = (isOpen) => {
    host.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    localStorage.setItem("sandbox-feed", isOpen ? "open" : "closed");
    if (isOpen) {
      filters.hearAccounts();
      read();
    } else button.focus();
  };

  fill(
    host,
    element(
      "div",
      { class: "feed-head" },
      element("h2", {}, "Feed"),
      filters.parts,
      count,
      iconButton("close", "Close the feed", { onclick: () => toggle(false) }),
    ),
    list,
  );
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !(event.target instanceof HTMLInputElement)) toggle(false);
  });
  if (localStorage.getItem("sandbox-feed") === "open") toggle(true);
  return {
    button,
    hear: () => {
      if (!host.hidden) read();
    },
  };
}

/** @param {Entry} entry */
function keyOf(entry) {
  return String(entry.id);
}

/**
 * Arrow keys go from entry to entry.
 *
 * @param {KeyboardEvent} event
 */
function walkEntries(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  if (
    !step ||
    (event.target !== list && !(event.target instanceof HTMLElement && event.target.matches("summary")))
  )
    return;
  const lines = [...list.querySelectorAll("summary")];
  const at = lines.findIndex((line) => line === event.target);
  const next = lines[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
