/**
 * Dropdown: chips; several options at once.
 */

import { dropdownOptions } from "../board_data.js";
import { element, fill, icon } from "../dom.js";
import { openPopover } from "../popover.js";
import { textOf } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */

/** @type {import("./kind.js").CellKind} */
export const dropdown = {
  width: 140,
  describe: textOf,
  view: (context) => {
    const texts = chosenIds(context).map((id) => optionText(context, id));
    if (!texts.length) return null;
    return element(
      "span",
      { class: "chips", title: texts.join(", ") },
      texts.map((text) => element("span", { class: "chip" }, text)),
    );
  },
  edit: (anchor, context) => {
    const chosen = new Set(chosenIds(context));
    openPopover(anchor, `${context.column.title}: choose options`, () => {
      const list = element("div", { class: "choices" });
      const draw = () =>
        fill(
          list,
          dropdownOptions(context.column).map((option) =>
            element(
              "button",
              {
                type: "button",
                class: "choice",
                role: "checkbox",
                "aria-checked": String(chosen.has(option.id)),
                "data-choice": true,
                onclick: () => {
                  if (!chosen.delete(option.id)) chosen.add(option.id);
                  context.save(chosen.size ? { ids: [...chosen] } : null);
                  draw();
                  focusOn(list, option.text);
                },
              },
              element("span", { class: "choice-text" }, option.text),
              chosen.has(option.id) ? icon("check") : null,
            ),
          ),
        );
      draw();
      return list;
    });
  },
};

/**
 * @param {HTMLElement} list
 * @param {string} text
 */
function focusOn(list, text) {
  const found = [...list.querySelectorAll("button")].find((button) => button.textContent === text);
  found?.focus();
}

/**
 * @param {CellContext} context
 * @returns {number[]}
 */
function chosenIds({ value }) {
  return (value?.value?.ids ?? []).map(Number);
}

/**
 * @param {CellContext} context
 * @param {number} id
 */
function optionText({ column }, id) {
  return dropdownOptions(column).find((option) => option.id === id)?.text ?? String(id);
}
