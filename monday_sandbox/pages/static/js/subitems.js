/**
 * The subitems of an item, as a table of their own under its row: they are on another board, with other columns.
 */

import { element } from "./dom.js";
import { addLine, columnGroup, headLine, keepOrder } from "./group.js";
import { row } from "./row.js";

/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./grid.js").GridState} GridState */

/**
 * @param {Item} parent
 * @param {Column[]} columns of the subitems' board
 * @param {number} columnCount of the board above
 * @param {import("./grid.js").GridActions} actions
 * @returns {{root: HTMLElement, draw: (item: Item, state: GridState) => void}}
 */
export function subitemsLine(parent, columns, columnCount, actions) {
  /** @type {Map<string, import("./row.js").Row>} */
  const rows = new Map();
  const adding = addLine(`Add subitem to ${parent.name}`, "+ Add subitem", columns.length, (name) =>
    actions.createSubitem(parent, name),
  );
  const body = element("tbody", {}, adding);
  const table = element(
    "table",
    { role: "grid", class: "grid subgrid", "aria-label": `Subitems of ${parent.name}` },
    columnGroup(columns),
    element("thead", {}, headLine("Subitem", columns)),
    body,
  );
  const root = element(
    "tr",
    { class: "subitems-line" },
    element(
      "td",
      { class: "subitems-box", colspan: String(columnCount + 2) },
      element("span", { class: "bar" }),
      table,
    ),
  );
  return {
    root,
    draw: (item, state) => {
      const isFirst = rows.size === 0;
      const there = new Set(item.subitems.map((subitem) => subitem.id));
      for (const id of [...rows.keys()]) if (!there.has(id)) rows.delete(id);
      const drawn = item.subitems.map((subitem) => {
        const isNew = !rows.has(subitem.id);
        const known = rows.get(subitem.id) ?? row(subitem, columns, actions);
        rows.set(subitem.id, known);
        known.draw(subitem, state, { highlight: !isFirst, isNew: isNew && !isFirst });
        return known.root;
      });
      keepOrder(body, drawn, adding);
    },
  };
}
