/**
 * One group of a board: its title, its table, the line that adds an item, and what the columns sum up to.
 */

import { statusLabels } from "./board_data.js";
import { cellKind } from "./cells/index.js";
import { EMPTY_COLOUR } from "./colours.js";
import { element, fill, icon, withProperty } from "./dom.js";
import { sumUp } from "./sums.js";

/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Group} Group */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./grid.js").GridActions} GridActions */
/** @typedef {import("./grid.js").GridState} GridState */

// A letter of the board's 14 px, on average, and what a cell leaves free at its sides.
const LETTER_WIDTH = 6.9;
const PADDING = 22;
const WIDEST = 190;

/**
 * @param {Group} group
 * @param {Column[]} columns
 * @param {GridActions} actions
 */
export function groupSection(group, columns, actions) {
  const count = element("span", { class: "group-count" });
  const title = element(
    "button",
    { type: "button", class: "group-title", "aria-expanded": "true", onclick: () => actions.collapse(group) },
    icon("chevron-down"),
    element("span", { class: "group-name" }, group.title),
    count,
  );
  const adding = addLine(`Add item to ${group.title}`, "+ Add item", columns.length, (name) =>
    actions.create(group, name),
  );
  const body = element("tbody", {}, adding);
  const sums = columns.map(() => element("td", { class: "sum" }));
  const table = element(
    "table",
    { role: "grid", class: "grid", "aria-label": group.title },
    columnGroup(columns),
    element("thead", {}, headLine("Item", columns)),
    body,
    element(
      "tfoot",
      {},
      element("tr", {}, element("td", { class: "sum-name" }), sums, element("td", { class: "sum-rest" })),
    ),
  );
  withProperty(
    table,
    "--columns-width",
    `${columns.reduce((sum, column) => sum + columnWidth(column), 0)}px`,
  );
  const root = withProperty(
    element(
      "section",
      { class: "group", "data-group": group.id },
      element("h3", {}, title),
      element("div", { class: "group-table" }, table),
    ),
    "--group",
    group.color || EMPTY_COLOUR,
  );
  return {
    root,
    /** @param {HTMLElement[]} drawn @param {Item[]} all @param {GridState} state */
    draw: (drawn, all, state) => {
      root.classList.toggle("collapsed", state.collapsed.has(group.id));
      title.setAttribute("aria-expanded", String(!state.collapsed.has(group.id)));
      root.classList.toggle("empty", all.length === 0);
      fill(count, `${all.length} ${all.length === 1 ? "item" : "items"}`);
      keepOrder(body, drawn, adding);
      columns.forEach((column, index) => fill(sums[index], sumUp(column, all)));
    },
  };
}

/**
 * Put rows in order before the line that adds, moving only those out of place.
 *
 * @param {HTMLElement} body
 * @param {HTMLElement[]} drawn
 * @param {HTMLElement} last
 */
export function keepOrder(body, drawn, last) {
  const wanted = new Set(drawn);
  for (const child of [...body.children])
    if (child !== last && !wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  drawn.forEach((line, index) => {
    if (body.children[index] !== line) body.insertBefore(line, body.children[index] ?? last);
  });
}

/** @param {Column[]} columns */
export function columnGroup(columns) {
  return element(
    "colgroup",
    {},
    element("col", { class: "name-column" }),
    columns.map(widthOf),
    element("col"),
  );
}

/** @param {string} name of the first column @param {Column[]} columns */
export function headLine(name, columns) {
  return element(
    "tr",
    {},
    element("th", { scope: "col", class: "name-head" }, element("span", { class: "bar" }), name),
    columns.map((column) =>
      element(
        "th",
        { scope: "col", title: `${column.title}\nid ${column.id}, type ${column.type}` },
        element("span", { class: "column-title" }, column.title),
      ),
    ),
    element("th", { class: "rest-head", "aria-hidden": "true" }),
  );
}

/**
 * A column's width in pixels: as set on monday.com, else what its type, its title and its labels ask for.
 *
 * @param {Column} column
 */
function columnWidth(column) {
  if (column.width) return column.width;
  const texts = column.type === "status" ? statusLabels(column).map((label) => label.text) : [];
  const longest = Math.max(column.title.length, ...texts.map((text) => text.length));
  const needed = Math.min(WIDEST, Math.round(longest * LETTER_WIDTH) + PADDING);
  return Math.max(needed, cellKind(column.type).width);
}

/** @param {Column} column */
function widthOf(column) {
  const col = element("col");
  col.style.width = `${columnWidth(column)}px`;
  return col;
}

/**
 * The line under the items. Enter adds and stays for the next; leaving it adds too, as on monday.com.
 *
 * @param {string} label
 * @param {string} placeholder
 * @param {number} columnCount
 * @param {(name: string) => Promise<boolean>} create
 */
export function addLine(label, placeholder, columnCount, create) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", { class: "add-input", placeholder, "aria-label": label, autocomplete: "off" })
  );
  let busy = false;
  const add = async () => {
    const name = input.value.trim();
    if (!name || busy) return;
    busy = true;
    input.value = "";
    if (!(await create(name))) input.value = name;
    busy = false;
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") add();
    if (event.key === "Escape") {
      input.value = "";
      input.blur();
    }
  });
  input.addEventListener("blur", add);
  return element(
    "tr",
    { class: "add-line" },
    element("td", { class: "name-box" }, element("span", { class: "bar" }), input),
    element("td", { colspan: String(columnCount + 1), class: "add-rest" }),
  );
}
