/**
 * The kinds of cells by column type.
 */

import { checkbox } from "./checkbox.js";
import { date } from "./date.js";
import { dropdown } from "./dropdown.js";
import { email, link, phone } from "./contact.js";
import { textOf, textView } from "./kind.js";
import { longText } from "./long_text.js";
import { people } from "./people.js";
import { status } from "./status.js";
import { numbers, text } from "./text.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./kind.js").CellKind} CellKind */

/** Types that are computed, or that the page doesn't know: shown as monday.com's text. @type {CellKind} */
const readOnly = {
  width: 140,
  describe: (context) => textOf(context) || context.value?.display_value || "",
  view: (context) => textView(readOnly.describe(context), "quiet"),
};

/** @type {Record<string, CellKind>} */
const KINDS = {
  checkbox,
  date,
  dropdown,
  email,
  link,
  long_text: longText,
  numbers,
  people,
  phone,
  status,
  text,
  timeline,
};

/**
 * @param {string} type a column's type
 * @returns {CellKind}
 */
export function cellKind(type) {
  return KINDS[type] ?? readOnly;
}
