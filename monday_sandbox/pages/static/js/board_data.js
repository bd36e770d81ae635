/**
 * A board as the page holds it, read through the API as the acting user.
 */

import { callMonday, MondayError } from "./api.js";
import { EMPTY_COLOUR, LABEL_COLOURS } from "./colours.js";
import { READ_BOARD, READ_COLUMNS, READ_MORE_ITEMS } from "./documents.js";

/**
 * @typedef {{id: string, title: string, color: string}} Group
 * @typedef {{id: string, title: string, type: string, description: string | null, width: number | null,
 *   settings: any}} Column
 * @typedef {{id: string, type: string, text: string | null, value: any, [more: string]: any}} CellValue
 * @typedef {{id: string, name: string, groupId: string, createdAt: string, updateCount: number,
 *   values: Map<string, CellValue>, boardId: string | null, subitems: Item[]}} Item
 *   `boardId` is that of a subitem, which is on a board of its own
 * @typedef {{id: string, name: string, description: string | null, kind: string, state: string, groups: Group[],
 *   columns: Column[], items: Item[], subitemColumns: Column[], subitemBoardId: string | null}} Board
 * @typedef {{id: number, text: string, colour: string}} Label
 * @typedef {{id: number, index: number, label?: string, name?: string, color: string, hex?: string,
 *   is_deactivated?: boolean}} RawLabel
 */

/** monday.com keeps the item's name as a column of its own; the page shows it as the first one anyway. */
const NOT_SHOWN = new Set(["name", "subtasks"]);

/**
 * Read a board with all its active items.
 *
 * @param {string} token
 * @param {string} boardId
 * @returns {Promise<Board>}
 */
export async function readBoard(token, boardId) {
  const data = await callMonday(token, READ_BOARD, { board: boardId });
  const board = data.boards?.[0];
  if (!board) throw new MondayError(`There is no board ${boardId} that this user may see.`, "NO_BOARD");
  if (board.state !== "active")
    throw new MondayError(`The board “${board.name}” is ${board.state}.`, "NO_BOARD");
  const items = [...board.items_page.items];
  let { cursor } = board.items_page;
  while (cursor) {
    const { next_items_page: page } = await callMonday(token, READ_MORE_ITEMS, { cursor });
    items.push(...page.items);
    cursor = page.cursor;
  }
  return withSubitemColumns(token, boardOf(board, items));
}

/**
 * Read what columns the subitems have, where there are any.
 *
 * @param {string} token
 * @param {Board} board
 * @returns {Promise<Board>}
 */
async function withSubitemColumns(token, board) {
  const id = board.items.flatMap((item) => item.subitems)[0]?.boardId;
  if (!id) return board;
  const { boards } = await callMonday(token, READ_COLUMNS, { board: id });
  return { ...board, subitemBoardId: id, subitemColumns: shownColumns(boards[0]?.columns ?? []) };
}

/**
 * An item of a board or one under another.
 *
 * @param {Board} board
 * @param {string} id
 * @returns {Item | undefined}
 */
export function findItem(board, id) {
  for (const item of board.items) {
    if (item.id === id) return item;
    const under = item.subitems.find((subitem) => subitem.id === id);
    if (under) return under;
  }
  return undefined;
}

/**
 * Put in an item as it was answered: in the place of what was known of it, or as the newest.
 *
 * @param {Board} board
 * @param {Item} item
 */
export function putItem(board, item) {
  const parent = board.items.find((known) => known.subitems.some((subitem) => subitem.id === item.id));
  const list = parent?.subitems ?? board.items;
  const at = list.findIndex((known) => known.id === item.id);
  const known = { ...item, boardId: parent ? board.subitemBoardId : null };
  if (at === -1) list.push(known);
  else list[at] = known;
}

/**
 * The columns of the board that an item is on.
 *
 * @param {Board} board
 * @param {Item} item
 */
export function columnsOf(board, item) {
  return item.boardId ? board.subitemColumns : board.columns;
}

/**
 * @param {any} raw a board as `page_board` selects it
 * @param {any[]} items as `page_item` selects them
 * @returns {Board}
 */
export function boardOf(raw, items) {
  return {
    id: String(raw.id),
    name: raw.name,
    description: raw.description,
    kind: raw.board_kind,
    state: raw.state,
    groups: raw.groups.filter(isThere),
    columns: shownColumns(raw.columns),
    items: items.map((item) => ({ ...readItem(item), boardId: null })),
    subitemColumns: [],
    subitemBoardId: null,
  };
}

/** @param {any[]} columns @returns {Column[]} */
function shownColumns(columns) {
  return columns.filter(isThere).filter(isShown).map(readColumn);
}

/**
 * @param {any} raw an item as `page_item` selects it
 * @returns {Item}
 */
export function readItem(raw) {
  /** @type {{replies: unknown[] | null}[]} */
  const updates = raw.updates ?? [];
  /** @type {CellValue[]} */
  const cells = raw.column_values;
  return {
    id: String(raw.id),
    name: raw.name,
    groupId: raw.group?.id,
    createdAt: raw.created_at,
    updateCount: updates.reduce((sum, update) => sum + 1 + (update.replies?.length ?? 0), 0),
    values: new Map(cells.map((cell) => [cell.id, { ...cell, value: readJson(cell.value) }])),
    boardId: raw.board ? String(raw.board.id) : null,
    subitems: (raw.subitems ?? []).filter(isActive).map(readItem),
  };
}

/** @param {{state: string}} raw */
function isActive(raw) {
  return raw.state === "active";
}

/** @param {any} raw */
function readColumn(raw) {
  return { ...raw, settings: readJson(raw.settings) ?? {} };
}

/** @param {{archived?: boolean, deleted?: boolean}} part */
function isThere(part) {
  return !part.archived && !part.deleted;
}

/** @param {{type: string}} column */
function isShown(column) {
  return !NOT_SHOWN.has(column.type);
}

/**
 * monday.com gives JSON as a string inside JSON; an object is taken as it is.
 *
 * @param {any} value
 * @returns {any}
 */
function readJson(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * The labels of a status column, in the order of the board.
 *
 * @param {Column} column
 * @returns {Label[]}
 */
export function statusLabels(column) {
  return rawLabels(column)
    .sort((one, other) => one.index - other.index)
    .map((label) => ({
      id: Number(label.id),
      text: label.label ?? "",
      colour: label.hex ?? LABEL_COLOURS[label.color] ?? EMPTY_COLOUR,
    }));
}

/**
 * The options of a dropdown column.
 *
 * @param {Column} column
 * @returns {{id: number, text: string}[]}
 */
export function dropdownOptions(column) {
  return rawLabels(column).map((label) => ({ id: Number(label.id), text: label.label ?? label.name ?? "" }));
}

/**
 * @param {Column} column
 * @returns {RawLabel[]} those that may be chosen
 */
function rawLabels(column) {
  /** @type {RawLabel[]} */
  const labels = column.settings.labels ?? [];
  return labels.filter((label) => !label.is_deactivated);
}
