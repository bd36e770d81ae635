/**
 * A board's groups as tables. Drawn again after every read: what stayed the same keeps its elements (and with
 * them the focus and an open editor), what changed lights up for a second.
 */

import { groupSection } from "./group.js";
import { walkCells } from "./grid_keys.js";
import { row } from "./row.js";
import { subitemsLine } from "./subitems.js";

/** @typedef {import("./board_data.js").Board} Board */
/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Group} Group */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./row.js").Row} Row */

/**
 * What a grid shows.
 *
 * @typedef {Object} GridState
 * @property {Board} board
 * @property {import("./api.js").User[]} users
 * @property {string} zone
 * @property {string} now ISO 8601
 * @property {string} search only items that contain it
 * @property {Set<string>} hidden ids of columns not to show
 * @property {Set<string>} collapsed ids of groups shown as a line
 * @property {Set<string>} expanded ids of items whose subitems are shown
 */

/**
 * What a person can do in a grid.
 *
 * @typedef {Object} GridActions
 * @property {(item: Item, column: Column, value: unknown) => void} save
 * @property {(item: Item, name: string) => void} rename
 * @property {(group: Group, name: string) => Promise<boolean>} create
 * @property {(item: Item, opener: HTMLElement) => void} open
 * @property {(item: Item, anchor: HTMLElement, renameInPlace: () => void) => void} menu
 * @property {(group: Group) => void} collapse
 * @property {(item: Item) => void} toggleSubitems
 * @property {() => string} token of the acting user
 * @property {() => void} refresh read the board anew
 * @property {(parent: Item, name: string) => Promise<boolean>} createSubitem
 */

/**
 * @param {HTMLElement} host
 * @param {GridActions} actions
 * @returns {(state: GridState) => void} draw
 */
export function grid(host, actions) {
  let shape = "";
  /** @type {Map<string, ReturnType<typeof groupSection>>} */
  const sections = new Map();
  /** @type {Map<string, Row>} */
  const rows = new Map();
  /** @type {Map<string, ReturnType<typeof subitemsLine>>} */
  const under = new Map();
  host.addEventListener("keydown", (event) => walkCells(host, event));
  host.addEventListener("focusin", (event) => takeTabStop(host, event.target));

  return (state) => {
    const columns = state.board.columns.filter((column) => !state.hidden.has(column.id));
    const { board } = state;
    const nextShape = JSON.stringify([board.id, board.groups, columns, board.subitemColumns]);
    const isFirst = shape === "" || !host.childElementCount;
    if (nextShape !== shape) {
      shape = nextShape;
      sections.clear();
      rows.clear();
      under.clear();
      host.replaceChildren();
      for (const group of state.board.groups) {
        const made = groupSection(group, columns, actions);
        sections.set(group.id, made);
        host.appendChild(made.root);
      }
    }
    forgetGone(rows, board.items);
    forgetGone(
      under,
      board.items.filter((item) => state.expanded.has(item.id)),
    );
    for (const [groupId, part] of sections) {
      const all = state.board.items.filter((item) => item.groupId === groupId);
      const shown = all.filter((item) => matches(item, state.search));
      const drawn = shown.flatMap((item) => {
        const isNew = !rows.has(item.id);
        const known = rows.get(item.id) ?? row(item, columns, actions);
        rows.set(item.id, known);
        known.draw(item, state, { highlight: !isFirst, isNew: isNew && !isFirst && !state.search });
        if (!state.expanded.has(item.id)) return known.root;
        const line = under.get(item.id) ?? subitemsLine(item, board.subitemColumns, columns.length, actions);
        under.set(item.id, line);
        line.draw(item, state);
        return [known.root, line.root];
      });
      part.draw(drawn, all, state);
    }
    if (!host.querySelector("[data-cell][tabindex='0']"))
      host.querySelector("[data-cell].name")?.setAttribute("tabindex", "0");
  };
}

/**
 * @param {Map<string, {root: HTMLElement}>} rows
 * @param {Item[]} items
 */
function forgetGone(rows, items) {
  const there = new Set(items.map((item) => item.id));
  for (const [id, gone] of rows) {
    if (there.has(id)) continue;
    gone.root.remove();
    rows.delete(id);
  }
}

/**
 * @param {Item} item
 * @param {string} search
 * @returns {boolean}
 */
function matches(item, search) {
  const wanted = search.trim().toLowerCase();
  if (!wanted) return true;
  const texts = [item.name, ...[...item.values.values()].map((value) => value.text ?? "")];
  return (
    texts.some((text) => text.toLowerCase().includes(wanted)) ||
    item.subitems.some((subitem) => matches(subitem, search))
  );
}

/**
 * One cell of a board is in the tab order: the one that had the focus last.
 *
 * @param {HTMLElement} host
 * @param {EventTarget | null} target
 */
function takeTabStop(host, target) {
  if (!(target instanceof HTMLElement) || !target.hasAttribute("data-cell")) return;
  for (const other of host.querySelectorAll("[data-cell][tabindex='0']"))
    other.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
}
