/**
 * Date, with or without a time. Stored in UTC, shown and typed in the page's zone, which the panel names.
 */

import { calendar } from "../calendar.js";
import { element } from "../dom.js";
import { inZone, showDay, storedDateFromZone, storedDateInZone } from "../moments.js";
import { openPopover } from "../popover.js";
import { textView } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */

/** @type {import("./kind.js").CellKind} */
export const date = {
  width: 118,
  describe: (context) => {
    const shown = storedDateInZone(context.value?.value, context.zone);
    if (!shown.date) return "";
    const day = showDay(shown.date, Number(inZone(new Date(context.now), context.zone).date.slice(0, 4)));
    return shown.time ? `${day}, ${shown.time}` : day;
  },
  view: (context) => textView(date.describe(context)),
  edit: (anchor, context) => {
    const stored = storedDateInZone(context.value?.value, context.zone);
    openPopover(
      anchor,
      `${context.column.title}: choose a date`,
      (close) => panel(context, stored, close),
      "date-popover",
    );
  },
};

/**
 * @param {CellContext} context
 * @param {{date: string, time: string}} stored in the page's zone
 * @param {() => void} close
 */
function panel(context, stored, close) {
  const today = inZone(new Date(context.now), context.zone).date;
  let chosen = stored.date;
  // Not a time field: those follow the browser's language, and the board shows 24 hours.
  const time = /** @type {HTMLInputElement} */ (
    element("input", {
      "aria-label": "Time",
      placeholder: "14:30",
      maxlength: "5",
      autocomplete: "off",
      inputmode: "numeric",
    })
  );
  time.value = stored.time;
  const save = () => {
    const typed = readTime(time.value);
    time.toggleAttribute("aria-invalid", typed === null);
    if (typed === null) return time.focus();
    close();
    context.save(storedDateFromZone(chosen || today, typed, context.zone));
  };
  const clear = () => {
    close();
    context.save(null);
  };
  time.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    save();
  });
  const month = calendar({
    chosen,
    today,
    choose: (day) => {
      chosen = day;
      if (!time.value) save();
    },
  });
  return [
    month,
    element(
      "div",
      { class: "date-time" },
      element("label", {}, "Time", time),
      element("span", { class: "zone-name" }, context.zone),
    ),
    element(
      "div",
      { class: "popover-actions" },
      element("button", { type: "button", class: "quiet-button", onclick: clear }, "Clear"),
      element("button", { type: "button", class: "primary-button small", onclick: save }, "Save"),
    ),
  ];
}

/**
 * A time as people type it: `9`, `9:30`, `0930`, `09.30`.
 *
 * @param {string} typed
 * @returns {string | null} `09:30`, empty for no time, null if it is none
 */
export function readTime(typed) {
  if (!typed.trim()) return "";
  const found = /^([01]?\d|2[0-3])(?:[:.]?([0-5]\d))?$/.exec(typed.trim());
  return found ? `${found[1].padStart(2, "0")}:${found[2] ?? "00"}` : null;
}
