/**
 * What a kind of cell is. Each column type has a file here that says how its value looks and how a person
 * changes it; the grid and the item's card know nothing of types.
 */

/**
 * @typedef {Object} CellContext
 * @property {import("../board_data.js").Column} column
 * @property {import("../board_data.js").Item} item
 * @property {import("../board_data.js").CellValue | undefined} value absent when monday.com gave none
 * @property {import("../api.js").User[]} users of the account
 * @property {string} zone in which moments are shown and typed
 * @property {string} now the sandbox's time, ISO 8601
 * @property {(value: unknown) => void} save write a value of monday.com's shape; `null` clears
 * @property {string} token of the acting user
 * @property {() => void} refresh read the board anew
 */

/**
 * @typedef {Object} CellKind
 * @property {number} width usual width in pixels
 * @property {(context: CellContext) => string} describe what it says, in words; empty when it says nothing
 * @property {(context: CellContext) => (Node | null)} view how it looks
 * @property {(anchor: HTMLElement, context: CellContext) => void} [edit] let a person change it; absent: read only
 * @property {(context: CellContext) => (string | null)} [address] where it leads, for links
 */

/**
 * The text monday.com gives for a value.
 *
 * @param {CellContext} context
 * @returns {string}
 */
export function textOf({ value }) {
  return value?.text ?? "";
}

/**
 * A text in a cell, cut with an ellipsis where it is too long.
 *
 * @param {string} text
 * @param {string} [kind] class
 * @returns {HTMLElement}
 */
export function textView(text, kind = "") {
  const span = document.createElement("span");
  span.className = `cell-text ${kind}`;
  span.textContent = text;
  span.title = text;
  return span;
}
