/**
 * What went over the wire: every API call and every webhook delivery, newest first, with what was sent and
 * answered. The page's own reads are left out unless asked for.
 */

import { fetchLog } from "./api.js";
import { element, fill, icon, iconButton } from "./dom.js";
import { entryLine, isOwnRead } from "./feed_entry.js";
import { orShowError } from "./toast.js";

/** @typedef {import("./feed_entry.js").Entry} Entry */

const KEPT = 400;
const KINDS = [
  ["All", ""],
  ["API", "api"],
  ["Webhooks", "webhook"],
];

/** @returns {{button: HTMLElement, hear: () => void}} the button that opens the panel; `hear` there is more to read */
export function feedPanel() {
  const host = /** @type {HTMLElement} */ (document.getElementById("feed"));
  /** @type {Entry[]} oldest first */
  let entries = [];
  let kind = "";
  let withReads = false;
  let isReading = false;
  let isStale = false;

  const list = element("ol", {
    class: "feed-list",
    tabindex: "0",
    "aria-label": "Calls and deliveries, newest first",
  });
  const count = element("span", { class: "hint", role: "status" });
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();

  const draw = () => {
    const shown = entries
      .filter((entry) => (!kind || entry.kind === kind) && (withReads || !isOwnRead(entry)))
      .reverse();
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
    if (isOpen) read();
    else button.focus();
  };

  const kindButtons = KINDS.map(([text, value]) =>
    element(
      "button",
      {
        type: "button",
        class: "feed-kind",
        "aria-pressed": String(value === kind),
        onclick: (/** @type {Event} */ event) => {
          kind = value;
          for (const other of kindButtons)
            other.setAttribute("aria-pressed", String(other === event.currentTarget));
          draw();
        },
      },
      text,
    ),
  );
  const reads = /** @type {HTMLInputElement} */ (
    element("input", { type: "checkbox", onchange: () => ((withReads = reads.checked), draw()) })
  );
  fill(
    host,
    element(
      "div",
      { class: "feed-head" },
      element("h2", {}, "Feed"),
      element("div", { class: "feed-kinds", role: "group", "aria-label": "What to show" }, kindButtons),
      element("label", { class: "feed-reads" }, reads, "Reads of these pages"),
      count,
      iconButton("close", "Close the feed", { onclick: () => toggle(false) }),
    ),
    list,
  );
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
