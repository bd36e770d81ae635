/**
 * Long text: one line in the cell, the whole in a panel.
 */

import { element } from "../dom.js";
import { openPopover } from "../popover.js";
import { textOf, textView } from "./kind.js";

/** @type {import("./kind.js").CellKind} */
export const longText = {
  width: 200,
  describe: textOf,
  view: (context) => textView(textOf(context), "long"),
  edit: (anchor, context) => {
    openPopover(
      anchor,
      context.column.title,
      (close) => {
        const area = /** @type {HTMLTextAreaElement} */ (
          element("textarea", { "aria-label": context.column.title, rows: "7", autofocus: true })
        );
        area.value = textOf(context);
        const save = () => {
          close();
          if (area.value !== textOf(context)) context.save(area.value ? { text: area.value } : null);
        };
        area.addEventListener("keydown", (event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          save();
        });
        return [
          area,
          element(
            "div",
            { class: "popover-actions" },
            element("span", { class: "hint" }, "Ctrl+Enter saves"),
            element("button", { type: "button", class: "primary-button small", onclick: save }, "Save"),
          ),
        ];
      },
      "long-text-popover",
    );
  },
};
