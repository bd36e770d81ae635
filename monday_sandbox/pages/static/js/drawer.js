/**
 * The card of one item beside its board: the conversation, and all columns as fields. Drafts survive news.
 */

import { callMonday } from "./api.js";
import { columnsOf, findItem } from "./board_data.js";
import { READ_UPDATES } from "./documents.js";
import { element, fill, iconButton } from "./dom.js";
import { editInPlace } from "./in_place.js";
import { filesTab } from "./files_tab.js";
import { cell } from "./row.js";
import { showError } from "./toast.js";
import { conversation } from "./conversation.js";

/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./grid.js").GridState} GridState */
/** @typedef {"talk" | "files" | "fields"} Tab */

/**
 * @param {{token: () => string, actingUser: () => (import("./api.js").User | null),
 *   item: (id: string) => (Item | undefined), save: (item: Item, column: Column, value: unknown) => void,
 *   rename: (item: Item, name: string) => void, refresh: () => void}} wish `refresh`: read the board anew
 */
export function drawer(wish) {
  /** @type {string | null} */
  let itemId = null;
  /** @type {GridState | null} */
  let state = null;
  /** @type {HTMLElement | null} */
  let opener = null;
  let shape = "";
  let reading = 0;
  /** @type {ReturnType<typeof cell>[]} */
  let fields = [];

  const name = element("button", { type: "button", class: "card-name", onclick: () => rename() });
  const talkTab = tab("Updates", () => show("talk"));
  const filesButton = tab("Files", () => show("files"));
  const fieldsTab = tab("Columns", () => show("fields"));
  const talk = conversation({
    token: wish.token,
    actingUser: wish.actingUser,
    itemId: () => itemId ?? "",
    onChanged: () => {
      refresh();
      wish.refresh();
    },
  });
  const files = filesTab({
    token: wish.token,
    itemId: () => itemId ?? "",
    onChanged: () => {
      refresh();
      wish.refresh();
    },
  });
  const fieldList = element("div", {
    class: "field-list",
    role: "tabpanel",
    "aria-label": "Columns",
    hidden: true,
  });
  const root = element(
    "section",
    { class: "drawer", role: "dialog", "aria-label": "Item", hidden: true },
    element(
      "header",
      { class: "drawer-head" },
      iconButton("close", "Close the item", { onclick: () => close() }),
      element("h3", {}, name),
      element("div", { class: "tabs", role: "tablist" }, talkTab, filesButton, fieldsTab),
    ),
    talk.root,
    files.root,
    fieldList,
  );
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  /** @type {[Tab, HTMLElement, HTMLElement][]} */
  const tabs = [
    ["talk", talkTab, talk.root],
    ["files", filesButton, files.root],
    ["fields", fieldsTab, fieldList],
  ];
  /** @param {Tab} which */
  const show = (which) => {
    for (const [name, button, panel] of tabs) {
      panel.hidden = name !== which;
      button.setAttribute("aria-selected", String(name === which));
    }
  };

  const rename = () => {
    const item = itemId ? wish.item(itemId) : undefined;
    if (item)
      editInPlace(name, {
        value: item.name,
        label: "Item name",
        required: true,
        save: (typed) => wish.rename(item, typed),
      });
  };

  /** @param {string} id @param {HTMLElement | null} by @param {Tab} [first] what is shown first */
  const open = (id, by, first = "talk") => {
    if (id !== itemId) {
      talk.clear();
      shape = "";
    }
    itemId = id;
    opener = by;
    root.hidden = false;
    show(first);
    if (state) draw(state);
    refresh();
    if (first === "talk") talk.focus();
    else fieldsTab.focus();
  };

  const close = () => {
    if (root.hidden) return;
    itemId = null;
    root.hidden = true;
    talk.clear();
    if (opener?.isConnected) opener.focus();
  };

  const refresh = async () => {
    if (!itemId) return;
    const mine = ++reading;
    const id = itemId;
    try {
      const data = await callMonday(wish.token(), READ_UPDATES, { item: id });
      if (mine !== reading || id !== itemId) return;
      const [raw] = data.items;
      if (!raw || raw.state !== "active") close();
      else {
        talk.draw(raw.updates ?? []);
        files.draw(raw.assets ?? []);
      }
    } catch (error) {
      if (mine === reading) showError(/** @type {Error} */ (error).message);
    }
  };

  /** @param {GridState} next */
  const draw = (next) => {
    state = next;
    const item = itemId ? findItem(next.board, itemId) : undefined;
    if (!item) {
      if (itemId) close();
      return;
    }
    root.setAttribute("aria-label", `Item: ${item.name}`);
    fill(name, item.name);
    name.title = `Item ${item.id}. Press to rename.`;
    const columns = columnsOf(next.board, item);
    const nextShape = JSON.stringify(columns);
    const isFirst = nextShape !== shape;
    if (isFirst) {
      shape = nextShape;
      fields = columns.map((column) => cell(column, wish, (value) => saveField(column, value), "div"));
      fill(
        fieldList,
        fields.map((field, index) => fieldLine(columns[index], field.root)),
      );
    }
    files.hearColumns(columns);
    for (const field of fields) field.draw(item, next, !isFirst);
  };

  /** @param {Column} column @param {unknown} value */
  const saveField = (column, value) => {
    const item = itemId ? wish.item(itemId) : undefined;
    if (item) wish.save(item, column, value);
  };

  return { root, open, close, refresh, draw, itemId: () => itemId };
}

/**
 * @param {Column} column
 * @param {HTMLElement} field
 */
function fieldLine(column, field) {
  field.firstElementChild?.setAttribute("tabindex", "0");
  field.firstElementChild?.removeAttribute("data-cell");
  return element(
    "div",
    { class: "field" },
    element("span", { class: "field-name", title: `id ${column.id}, type ${column.type}` }, column.title),
    field,
  );
}

/**
 * @param {string} text
 * @param {() => void} choose
 */
function tab(text, choose) {
  return element(
    "button",
    { type: "button", role: "tab", class: "tab", "aria-selected": "false", onclick: choose },
    text,
  );
}
