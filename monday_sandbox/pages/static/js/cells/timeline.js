/**
 * Timeline: two days, shown as a bar.
 */

import { element } from "../dom.js";
import { inZone, showDay } from "../moments.js";
import { openPopover } from "../popover.js";

/** @typedef {import("./kind.js").CellContext} CellContext */

/** @type {import("./kind.js").CellKind} */
export const timeline = {
  width: 160,
  describe: (context) => {
    const { from, to } = context.value?.value ?? {};
    if (!from || !to) return "";
    const thisYear = Number(inZone(new Date(context.now), context.zone).date.slice(0, 4));
    return `${showDay(from, thisYear)} - ${showDay(to, thisYear)}`;
  },
  view: (context) => {
    const text = timeline.describe(context);
    return element("span", { class: text ? "timeline" : "timeline empty" }, text || "-");
  },
  edit: (anchor, context) => {
    openPopover(
      anchor,
      `${context.column.title}: choose two days`,
      (close) => panel(context, close),
      "date-popover",
    );
  },
};

/**
 * @param {CellContext} context
 * @param {() => void} close
 */
function panel(context, close) {
  const stored = context.value?.value ?? {};
  const from = dayInput("From", stored.from);
  const to = dayInput("To", stored.to);
  const saveButton = element("button", { type: "submit", class: "primary-button small" }, "Save");
  const check = () => {
    const inOrder = Boolean(from.value && to.value && from.value <= to.value);
    saveButton.toggleAttribute("disabled", !inOrder);
  };
  from.addEventListener("input", check);
  to.addEventListener("input", check);
  check();
  /** @param {unknown} value */
  const finish = (value) => {
    close();
    context.save(value);
  };
  return element(
    "form",
    {
      class: "stacked-form",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        finish({ from: from.value, to: to.value });
      },
    },
    element("label", {}, "From", from),
    element("label", {}, "To", to),
    element(
      "div",
      { class: "popover-actions" },
      element("button", { type: "button", class: "quiet-button", onclick: () => finish(null) }, "Clear"),
      saveButton,
    ),
  );
}

/**
 * @param {string} label
 * @param {string} [value]
 */
function dayInput(label, value = "") {
  const input = /** @type {HTMLInputElement} */ (element("input", { type: "date", "aria-label": label }));
  input.value = value;
  return input;
}
