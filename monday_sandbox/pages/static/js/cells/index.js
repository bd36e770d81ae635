/**
 * The kinds of cells by column type.
 */

import { checkbox } from "./checkbox.js";
import { date } from "./date.js";
import { dropdown } from "./dropdown.js";
import { email, link, phone } from "./contact.js";
import { file } from "./file.js";
import { textOf, textView } from "./kind.js";
import { longText } from "./long_text.js";
import { button, colour, hour, logged, rating, tags, timeTracking, vote } from "./others.js";
import { people } from "./people.js";
import { status } from "./status.js";
import { numbers, text } from "./text.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./kind.js").CellKind} CellKind */

/** Types that are computed, or that the page doesn't know: shown as monday.com's text. @type {CellKind} */
const readOnly = {
  width: 140,
  describe: (context) => textOf(context) || context.value?.display_value || plainValue(context.value?.value),
  view: (context) => textView(readOnly.describe(context), "quiet"),
};

/**
 * A raw value where monday.com gives no text: as it is if it's a word or a number, else as JSON.
 *
 * @param {unknown} value
 * @returns {string}
 */
function plainValue(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @type {Record<string, CellKind>} */
const KINDS = {
  button,
  checkbox,
  color_picker: colour,
  creation_log: logged,
  date,
  dropdown,
  email,
  file,
  hour,
  last_updated: logged,
  link,
  long_text: longText,
  numbers,
  people,
  phone,
  rating,
  status,
  tags,
  text,
  time_tracking: timeTracking,
  timeline,
  vote,
};

/**
 * @param {string} type a column's type
 * @returns {CellKind}
 */
export function cellKind(type) {
  return KINDS[type] ?? readOnly;
}
