/**
 * The card of any item, outside of its board: what `openItemCard` opens.
 */

import { callMonday, MondayError } from "../api.js";
import { boardOf } from "../board_data.js";
import { sandboxNow } from "../clock.js";
import { CHANGE_VALUES, READ_ITEM } from "../documents.js";
import { drawer } from "../drawer.js";
import { currentZone } from "../moments.js";
import { orShowError } from "../toast.js";

/**
 * @param {() => import("./context.js").Place} place
 */
export function itemCard(place) {
  /** @type {import("../board_data.js").Board | null} */
  let board = null;
  const token = () => place().user.api_token;

  /** @param {string} itemId */
  const read = async (itemId) => {
    const { items } = await callMonday(token(), READ_ITEM, { item: itemId });
    if (!items[0]) throw new MondayError(`There is no item ${itemId} that this user may see.`);
    board = boardOf(items[0].board, items);
    card.draw({
      board,
      users: place().account.users,
      zone: currentZone(),
      now: sandboxNow(),
      search: "",
      hidden: new Set(),
      collapsed: new Set(),
      expanded: new Set(),
    });
  };
  const refresh = () => {
    const id = card.itemId();
    if (id) orShowError(() => read(id));
  };

  /** @param {import("../board_data.js").Item} item @param {Record<string, unknown>} values */
  const change = async (item, values) => {
    const variables = { board: board?.id, item: item.id, values: JSON.stringify(values) };
    if (await orShowError(() => callMonday(token(), CHANGE_VALUES, variables))) refresh();
  };
  const card = drawer({
    token,
    actingUser: () => place().user,
    item: (id) => board?.items.find((item) => item.id === id),
    save: (item, column, value) => void change(item, { [column.id]: value }),
    rename: (item, name) => void change(item, { name }),
    refresh: () => refresh(),
  });
  return {
    root: card.root,
    refresh: () => {
      refresh();
      card.refresh();
    },
    /** @param {string} itemId @param {"talk" | "fields"} tab */
    open: async (itemId, tab) => {
      await read(itemId);
      card.open(itemId, null, tab);
    },
  };
}
