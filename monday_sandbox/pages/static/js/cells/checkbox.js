/**
 * Checkbox: a click turns it.
 */

import { element, icon } from "../dom.js";

/** @type {import("./kind.js").CellKind} */
export const checkbox = {
  width: 100,
  describe: (context) => (isChecked(context) ? "checked" : "not checked"),
  view: (context) =>
    element(
      "span",
      { class: isChecked(context) ? "tick checked" : "tick" },
      isChecked(context) ? icon("check") : null,
    ),
  // monday.com unchecks by an empty value; {"checked": "false"} leaves the tick.
  edit: (_anchor, context) => context.save(isChecked(context) ? null : { checked: "true" }),
};

/** @param {import("./kind.js").CellContext} context */
function isChecked({ value }) {
  return String(value?.value?.checked) === "true";
}
