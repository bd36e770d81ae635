/**
 * Status: the whole cell in the label's colour; a palette of the board's labels to choose from.
 */

import { statusLabels } from "../board_data.js";
import { EMPTY_COLOUR, needsDarkText } from "../colours.js";
import { element, withProperty } from "../dom.js";
import { openPopover } from "../popover.js";

/** @typedef {import("./kind.js").CellContext} CellContext */

/** @type {import("./kind.js").CellKind} */
export const status = {
  width: 96,
  describe: ({ value }) => value?.label ?? value?.text ?? "",
  view: (context) => {
    const label = shownLabel(context);
    return pill(label.text, label.colour, label.empty ? "status empty" : "status");
  },
  edit: (anchor, context) => {
    openPopover(
      anchor,
      `${context.column.title}: choose a label`,
      (close) => {
        /** @param {unknown} value */
        const choose = (value) => {
          close();
          context.save(value);
        };
        return [palette(context, choose)];
      },
      "palette-popover",
    );
  },
};

/**
 * @param {CellContext} context
 * @returns {{text: string, colour: string, empty: boolean}}
 */
function shownLabel({ value, column }) {
  const index = value?.index ?? value?.value?.index;
  if (index === null || index === undefined) return { text: "", colour: EMPTY_COLOUR, empty: true };
  const label = statusLabels(column).find((known) => known.id === Number(index));
  return {
    text: value?.label ?? value?.text ?? label?.text ?? "",
    colour: value?.label_style?.color ?? label?.colour ?? EMPTY_COLOUR,
    empty: false,
  };
}

/**
 * @param {CellContext} context
 * @param {(value: unknown) => void} choose
 */
function palette({ column, value }, choose) {
  const current = value?.index ?? value?.value?.index ?? null;
  const labels = statusLabels(column).filter((label) => label.text);
  return element(
    "div",
    { class: labels.length > 8 ? "palette wide" : "palette", role: "radiogroup", "aria-label": column.title },
    labels.map((label) =>
      choice(label.text, label.colour, current !== null && Number(current) === label.id, () =>
        choose({ index: label.id }),
      ),
    ),
    choice("", EMPTY_COLOUR, current === null, () => choose(null)),
  );
}

/**
 * @param {string} text
 * @param {string} colour
 * @param {boolean} checked
 * @param {() => void} choose
 */
function choice(text, colour, checked, choose) {
  const attributes = {
    type: "button",
    class: "palette-choice",
    role: "radio",
    "aria-checked": String(checked),
    "aria-label": text || "No label",
    "data-choice": true,
    onclick: choose,
  };
  return element("button", attributes, pill(text, colour, text ? "status" : "status empty"));
}

/**
 * @param {string} text
 * @param {string} colour
 * @param {string} kind
 */
function pill(text, colour, kind) {
  const made = element(
    "span",
    { class: needsDarkText(colour) ? `${kind} on-pale` : kind, title: text || null },
    text,
  );
  return withProperty(made, "--label", colour);
}
