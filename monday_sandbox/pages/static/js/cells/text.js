/**
 * Text and numbers: typed where they stand.
 */

import { editInPlace } from "../in_place.js";
import { textOf, textView } from "./kind.js";

/** @type {import("./kind.js").CellKind} */
export const text = {
  width: 148,
  describe: textOf,
  view: (context) => textView(textOf(context)),
  edit: (anchor, context) =>
    editInPlace(anchor, {
      value: textOf(context),
      label: context.column.title,
      save: (typed) => context.save(typed),
    }),
};

/** @type {import("./kind.js").CellKind} */
export const numbers = {
  width: 90,
  describe: textOf,
  view: (context) => textView(textOf(context)),
  edit: (anchor, context) =>
    editInPlace(anchor, {
      value: textOf(context),
      label: context.column.title,
      inputMode: "decimal",
      save: (typed) => context.save(typed.replace(",", ".")),
    }),
};
