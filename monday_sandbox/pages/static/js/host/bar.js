/**
 * What stands where: the account, who looks, the kind of view, its board and item, and the view's address. What
 * changes the frame loads the page anew (the page's policy names the view's origin); theme and language don't.
 */

import { callMonday } from "../api.js";
import { READ_ITEM_NAMES } from "../documents.js";
import { element } from "../dom.js";
import { orShowError } from "../toast.js";
import { VIEWS } from "./context.js";

/** @typedef {import("./context.js").Place} Place */

/** @type {Record<Place["view"], string>} */
const VIEW_NAMES = {
  board: "Board view",
  item: "Item view",
  dashboard: "Dashboard widget",
  settings: "Account settings",
};
const THEMES = ["light", "dark", "black"];
const LANGUAGES = ["en", "sv", "de", "fr", "es", "pt", "nl", "ja", "he"];

/**
 * @param {Place} place
 * @param {string} address of the view
 * @param {import("../api.js").Account[]} accounts
 * @param {{onTheme: (theme: string) => void, onLanguage: (language: string) => void}} wish
 */
export function hostBar(place, address, accounts, wish) {
  const form = /** @type {HTMLFormElement} */ (element("form", { class: "host-bar", action: "/host" }));
  const go = () => form.requestSubmit();
  const boards = place.account.boards.filter((board) => board.state === "active");
  const hasBoard = place.view !== "settings";
  form.append(
    select(
      "Account",
      "account",
      accounts.map((account) => [account.slug, account.name]),
      place.account.slug,
      () => {
        // What belongs to the other account means nothing in this one.
        for (const name of ["user", "board", "item"]) field(form, name)?.setAttribute("disabled", "");
        go();
      },
    ),
    select(
      "Seen by",
      "user",
      place.account.users.map((user) => [String(user.id), `${user.name} (${user.kind})`]),
      String(place.user.id),
      go,
    ),
    select(
      "Shown as",
      "view",
      VIEWS.map((view) => [view, VIEW_NAMES[view]]),
      place.view,
      go,
    ),
    ...(hasBoard
      ? [
          select(
            "Board",
            "board",
            boards.map((board) => [board.id, board.name]),
            place.board?.id ?? "",
            go,
          ),
        ]
      : []),
    ...(place.view === "item"
      ? [input("Item", "item", place.item, { inputmode: "numeric", list: "items-of-board" })]
      : []),
    select(
      "Theme",
      "theme",
      THEMES.map((theme) => [theme, theme]),
      place.theme,
      (value) => wish.onTheme(value),
    ),
    select(
      "Language",
      "language",
      LANGUAGES.map((language) => [language, language]),
      place.language,
      (value) => wish.onLanguage(value),
    ),
    input("Address of the view", "url", address, {
      type: "url",
      placeholder: "http://127.0.0.1:8080/views/board",
      required: true,
      class: "wide",
    }),
    element("button", { type: "submit", class: "primary-button" }, "Open"),
  );
  if (place.view === "item") suggestItems(form, place);
  return form;
}

/**
 * @param {HTMLFormElement} form
 * @param {Place} place
 */
async function suggestItems(form, { user, board }) {
  if (!board) return;
  const data = await orShowError(() => callMonday(user.api_token, READ_ITEM_NAMES, { board: board.id }));
  /** @type {{id: string, name: string}[]} */
  const items = data?.boards[0]?.items_page.items ?? [];
  form.append(
    element(
      "datalist",
      { id: "items-of-board" },
      items.map(({ id, name }) => element("option", { value: id }, name)),
    ),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLElement ? found : null;
}

/**
 * @param {string} label
 * @param {string} name
 * @param {string[][]} options value and text
 * @param {string} chosen
 * @param {(value: string) => void} onChange
 */
function select(label, name, options, chosen, onChange) {
  const made = /** @type {HTMLSelectElement} */ (
    element(
      "select",
      { name, "aria-label": label, onchange: () => onChange(made.value) },
      options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)),
    )
  );
  return element("label", { class: "form-field" }, element("span", {}, label), made);
}

/**
 * @param {string} label
 * @param {string} name
 * @param {string} value
 * @param {Record<string, any>} attributes
 */
function input(label, name, value, { class: kind = "", ...attributes }) {
  const made = /** @type {HTMLInputElement} */ (
    element("input", { name, "aria-label": label, autocomplete: "off", ...attributes })
  );
  made.value = value;
  return element("label", { class: `form-field ${kind}` }, element("span", {}, label), made);
}
