/**
 * One board on the page: whose it is, whom the person acts as, its toolbar, its groups and the item card.
 */

import { callMonday } from "./api.js";
import { findItem, putItem, readBoard, readItem } from "./board_data.js";
import { sandboxNow } from "./clock.js";
import {
  ARCHIVE_ITEM,
  CHANGE_VALUES,
  CREATE_ITEM,
  CREATE_SUBITEM,
  DELETE_ITEM,
  MOVE_ITEM,
} from "./documents.js";
import { element, fill, icon } from "./dom.js";
import { drawer } from "./drawer.js";
import { grid } from "./grid.js";
import { currentZone } from "./moments.js";
import { paneHead } from "./pane_head.js";
import { openMenu } from "./popover.js";
import { accountOf, actingUser } from "./session.js";
import { orShowError } from "./toast.js";

/** @typedef {import("./board_data.js").Board} Board */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./live.js").Change} Change */

const DEBOUNCE = 80;
const LONGEST_DEBOUNCE = 400;

/**
 * @typedef {Object} Pane
 * @property {HTMLElement} root
 * @property {() => string} place `slug/board_id`
 * @property {(change: Change) => void} hear something changed somewhere
 * @property {(accountId: string) => void} hearOfAccount its boards, groups, columns or people may be others
 * @property {() => Promise<void>} refresh read the board anew
 * @property {() => void} redraw draw again what was read, for a new zone or time
 */

/**
 * @param {string} firstPlace `slug/board_id`
 * @param {(place: string) => void} onPlace another board was chosen
 * @returns {Pane}
 */
export function pane(firstPlace, onPlace) {
  let [slug, boardId] = split(firstPlace);
  /** @type {Board | null} */
  let board = null;
  let search = "";
  let reading = 0;
  /** @type {number | undefined} */
  let timer;
  let waitingSince = 0;

  const body = element("div", { class: "pane-body", tabindex: "-1" });
  const groups = element("div", { class: "groups" });
  const notice = element("div", { class: "pane-notice", hidden: true });
  body.append(notice, groups);

  const account = () => accountOf(slug);
  const token = () => {
    const found = account();
    return found ? actingUser(found).api_token : "";
  };

  const refresh = async () => {
    clearTimeout(timer);
    timer = undefined;
    const mine = ++reading;
    const found = account();
    if (!found) return showNotice(`There is no account “${slug}” in this sandbox.`);
    try {
      const read = await readBoard(token(), boardId);
      // Something newer was read or written meanwhile: this answer is old.
      if (mine !== reading) return;
      board = read;
      notice.hidden = true;
      groups.hidden = false;
      redraw();
    } catch (error) {
      if (mine === reading) showNotice(whyNot(error));
    }
  };

  /** @param {string} message */
  const showNotice = (message) => {
    board = null;
    groups.hidden = true;
    notice.hidden = false;
    fill(
      notice,
      element("p", {}, message),
      element("p", {}, "Choose another board above, or another person to act as."),
    );
    redraw();
  };

  /** Read again soon, once for a burst of changes. */
  const refreshSoon = () => {
    if (timer === undefined) waitingSince = Date.now();
    else clearTimeout(timer);
    const left = Math.max(0, LONGEST_DEBOUNCE - (Date.now() - waitingSince));
    timer = setTimeout(refresh, Math.min(DEBOUNCE, left));
  };

  const redraw = () => {
    head.draw({ account: account(), boardId, board });
    root.setAttribute("aria-label", `Board ${board?.name ?? boardId} of ${account()?.name ?? slug}`);
    if (!board) return;
    const found = account();
    const state = {
      board,
      users: found?.users ?? [],
      zone: currentZone(),
      now: sandboxNow(),
      search,
      hidden: stored("hidden"),
      collapsed: stored("collapsed"),
      expanded: stored("expanded"),
    };
    drawGroups(state);
    card.draw(state);
  };

  /**
   * Take over an item as monday.com answered it to a change, without waiting for the news of it.
   *
   * @param {any} raw
   */
  const takeOver = (raw) => {
    const item = readItem(raw);
    reading += 1;
    if (board) {
      putItem(board, item);
      redraw();
    }
    refreshSoon();
  };

  /**
   * @param {string} document
   * @param {Record<string, unknown>} variables
   * @param {HTMLElement | null} [busy] shown as being saved meanwhile
   * @returns {Promise<boolean>} whether monday.com did it
   */
  const mutate = async (document, variables, busy = null) => {
    busy?.classList.add("saving");
    const data = await orShowError(() => callMonday(token(), document, variables));
    busy?.classList.remove("saving");
    if (!data) return false;
    const [raw] = /** @type {any[]} */ (Object.values(data));
    if (raw?.column_values) takeOver(raw);
    else refreshSoon();
    return true;
  };

  /** @param {Item} item @param {Record<string, unknown>} values */
  const changeValues = (item, values) => {
    const [columnId] = Object.keys(values);
    const busy = groups.querySelector(
      `[data-item="${CSS.escape(item.id)}"] [data-column="${CSS.escape(columnId)}"]`,
    );
    return mutate(
      CHANGE_VALUES,
      { board: item.boardId ?? boardId, item: item.id, values: JSON.stringify(values) },
      busy instanceof HTMLElement ? busy : null,
    );
  };

  /** @type {import("./grid.js").GridActions} */
  const actions = {
    save: (item, column, value) => changeValues(item, { [column.id]: value }),
    rename: (item, name) => changeValues(item, { name }),
    create: (group, name) => mutate(CREATE_ITEM, { board: boardId, group: group.id, name }),
    open: (item, opener) => card.open(item.id, opener),
    menu: (item, anchor, rename) =>
      openMenu(anchor, `Menu of ${item.name}`, menuChoices(item, anchor, rename)),
    collapse: (group) => toggleStored("collapsed", group.id),
    toggleSubitems: (item) => toggleStored("expanded", item.id),
    token,
    refresh: refreshSoon,
    createSubitem: (parent, name) => mutate(CREATE_SUBITEM, { parent: parent.id, name }),
  };

  /** Show the subitems of an item, and the line that adds one. @param {Item} item */
  const addSubitem = (item) => {
    if (!stored("expanded").has(item.id)) toggleStored("expanded", item.id);
    const line = groups.querySelector(`[data-item="${CSS.escape(item.id)}"]`)?.nextElementSibling;
    const input = line?.querySelector(".add-input");
    if (input instanceof HTMLElement) input.focus();
  };

  /** @param {Item} item @param {HTMLElement} anchor @param {() => void} rename */
  const menuChoices = (item, anchor, rename) => [
    { text: "Open", icon: "bubble", choose: () => card.open(item.id, anchor) },
    { text: "Rename", icon: "pencil", choose: rename },
    ...(!item.boardId ? [{ text: "Add subitem", icon: "subitems", choose: () => addSubitem(item) }] : []),
    ...(item.boardId ? [] : (board?.groups ?? []))
      .filter((group) => group.id !== item.groupId)
      .map((group) => ({
        text: `Move to ${group.title}`,
        icon: "move",
        choose: () => mutate(MOVE_ITEM, { item: item.id, group: group.id }),
      })),
    { text: "Archive", icon: "archive", choose: () => mutate(ARCHIVE_ITEM, { item: item.id }) },
    {
      text: "Delete …",
      icon: "trash",
      danger: true,
      choose: () =>
        openMenu(anchor, `Delete ${item.name}?`, [
          {
            text: `Delete “${item.name}”`,
            icon: "trash",
            danger: true,
            choose: () => mutate(DELETE_ITEM, { item: item.id }),
          },
          { text: "Keep it", choose: () => undefined },
        ]),
    },
  ];

  /** @param {string} what @returns {Set<string>} */
  const stored = (what) =>
    new Set(JSON.parse(localStorage.getItem(`sandbox-${what}:${slug}/${boardId}`) ?? "[]"));

  /** @param {string} what @param {string} id */
  const toggleStored = (what, id) => {
    const ids = stored(what);
    if (!ids.delete(id)) ids.add(id);
    localStorage.setItem(`sandbox-${what}:${slug}/${boardId}`, JSON.stringify([...ids]));
    redraw();
  };

  const drawGroups = grid(groups, actions);
  const card = drawer({
    token,
    actingUser: () => {
      const found = account();
      return found ? actingUser(found) : null;
    },
    item: (id) => (board ? findItem(board, id) : undefined),
    save: actions.save,
    rename: actions.rename,
    refresh: refreshSoon,
  });
  const head = paneHead({
    onActingChanged: () => {
      refresh();
      card.refresh();
    },
    onPlace: (place) => {
      [slug, boardId] = split(place);
      board = null;
      search = "";
      card.close();
      groups.replaceChildren();
      onPlace(place);
      refresh();
    },
    onSearch: (text) => {
      search = text;
      redraw();
    },
    newItem: () => {
      const input = groups.querySelector(".group:not(.collapsed) .add-input");
      if (input instanceof HTMLElement) input.focus();
    },
    hidden: () => stored("hidden"),
    toggleColumn: (id) => toggleStored("hidden", id),
  });
  const root = element("section", { class: "pane", "aria-label": "Board" }, head.root, body, card.root);
  redraw();

  return {
    root,
    place: () => `${slug}/${boardId}`,
    hear: (change) => {
      const isOfBoard = [boardId, board?.subitemBoardId].includes(String(change.board_id));
      if (String(change.account_id) !== String(account()?.id) || !isOfBoard) return;
      refreshSoon();
      if (change.item_id === null || String(change.item_id) === card.itemId()) card.refresh();
    },
    hearOfAccount: (accountId) => {
      if (accountId !== String(account()?.id)) return;
      refreshSoon();
      card.refresh();
    },
    refresh: async () => {
      await refresh();
      card.refresh();
    },
    redraw,
  };
}

/**
 * Why a board can't be read, as a sentence.
 *
 * @param {unknown} error
 */
function whyNot(error) {
  const { message, code } = /** @type {import("./api.js").MondayError} */ (error);
  return code === "USER_ACCESS_DENIED"
    ? "Viewers have no access to monday.com's API, and this page reads boards by it."
    : message;
}

/**
 * @param {string} place
 * @returns {[string, string]}
 */
function split(place) {
  const [slug = "", boardId = ""] = place.split("/");
  return [slug, boardId];
}

/**
 * What stands where a board would, when there is none to choose.
 *
 * @returns {HTMLElement}
 */
export function emptyPane() {
  return element(
    "section",
    { class: "pane" },
    element(
      "div",
      { class: "pane-notice" },
      icon("board"),
      element("p", {}, "No board yet: run make run, and this page shows it when it is there."),
    ),
  );
}
