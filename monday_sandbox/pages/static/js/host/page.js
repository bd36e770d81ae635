/**
 * The page that shows a view of the app as monday.com would: framed, told where it stands, answered.
 */

import { readClock } from "../clock.js";
import { element, fill, icon, iconButton } from "../dom.js";
import { listen } from "../live.js";
import { accountOf, actingUser, allAccounts, loadAccounts } from "../session.js";
import { orShowError } from "../toast.js";
import { topBar } from "../top_bar.js";
import { answers } from "./answers.js";
import { hostBar } from "./bar.js";
import { bridge } from "./bridge.js";
import { VIEWS } from "./context.js";
import { executor, viewFrame } from "./execute.js";
import { itemCard } from "./item_card.js";
import { messageList } from "./messages.js";
import { sidePanel } from "./side.js";

/** @typedef {import("./context.js").Place} Place */
/** @typedef {import("../live.js").Change} Change */

const host = /** @type {HTMLElement} */ (document.getElementById("host"));
/** What happened on a board, as views hear of it. @type {Record<string, string>} */
const EVENTS = {
  create_item: "new_items",
  create_subitem: "new_items",
  change_column_value: "change_column_values",
  create_update: "board_communication",
};

const LAST_ADDRESS = "sandbox-view-address";
const asked = new URLSearchParams(location.search);
const address = asked.get("url") ?? "";
/** @type {(change: Change) => void} */
let hear = () => undefined;
const bar = topBar(() => undefined);

/**
 * @returns {Place | null} nothing where there is no account to stand in
 */
function askedPlace() {
  const account =
    accountOf(asked.get("account") ?? "") ??
    allAccounts().find((known) => known.boards.length) ??
    allAccounts()[0];
  if (!account) return null;
  const wanted = /** @type {Place["view"]} */ (asked.get("view"));
  const boards = account.boards.filter((board) => board.state === "active");
  const view = VIEWS.includes(wanted) ? wanted : "board";
  const board = boards.find((known) => String(known.id) === asked.get("board")) ?? boards[0];
  return {
    view,
    account,
    user: account.users.find((user) => String(user.id) === asked.get("user")) ?? actingUser(account),
    board: view === "settings" ? undefined : board,
    item: asked.get("item") ?? "",
    theme: asked.get("theme") ?? "light",
    language: asked.get("language") ?? "en",
  };
}

/** Show the view that the address asks for. */
function start() {
  const first = askedPlace();
  host.setAttribute("aria-busy", "false");
  if (!first) return fill(host, element("p", { class: "notice" }, "There is no account in this sandbox."));
  /** @type {Place} */
  let place = first;
  let term = "";
  const messages = messageList();
  /** @type {(type: string, data: unknown) => void} */
  const tell = (type, data) => {
    link.tell(type, data);
    if (type === "settings") side.hearSettings(/** @type {object} */ (data));
  };
  const reader = answers(
    () => place,
    () => term,
    tell,
  );
  const card = itemCard(() => place);
  const execute = executor({
    place: () => place,
    address: () => address,
    openItem: card.open,
    adopt: (frame) => link.add(frame, new URL(frame.src).origin),
    release: (view) => link.remove(view),
    tell,
  });
  const link = bridge({ ...reader.methods, execute }, reader.current, messages.add);

  /** @param {Partial<Place>} change */
  const stand = async (change) => {
    place = { ...place, ...change };
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(change)) next.set(name, String(value));
    history.replaceState(null, "", `/host?${next}`);
    stage.dataset.theme = place.theme;
    const context = await orShowError(() => reader.read("context"));
    if (context) tell("context", context);
  };
  /** @param {string} next */
  const search = async (next) => {
    term = next;
    for (const type of ["filter", "itemIds"]) {
      const data = await orShowError(() => reader.read(type));
      if (data !== undefined) tell(type, data);
    }
  };

  const side = sidePanel({
    onSearch: search,
    settings: async () => /** @type {object} */ ((await orShowError(() => reader.read("settings"))) ?? {}),
    saveSettings: async (settings) => void (await orShowError(() => reader.replaceSettings(settings))),
  });
  const stage = element("section", { class: `host-stage as-${place.view}`, "aria-label": "The view" });
  stage.dataset.theme = place.theme;
  const problem = problemWith(place);
  fill(stage, problem ? howToBegin(problem) : framed(place, link.add), card.root);
  fill(
    host,
    hostBar(place, address || lastAddress(), allAccounts(), {
      onTheme: (theme) => void stand({ theme }),
      onLanguage: (language) => void stand({ language }),
    }),
    element(
      "div",
      { class: "host-main" },
      stage,
      element("div", { class: "host-aside" }, side.root, messages.root),
    ),
  );
  document.title = `${place.board?.name ?? place.account.name}, view · monday.com sandbox`;
  hear = (change) => {
    if (String(change.account_id) !== String(place.account.id)) return;
    if (String(change.item_id) !== "null") card.refresh();
    const type = EVENTS[change.what];
    if (type && String(change.board_id) === String(place.board?.id))
      tell("events", { type, boardId: Number(change.board_id), itemIds: [Number(change.item_id)] });
  };
}

/**
 * @param {Place} place
 * @returns {string | null} why the view can't be shown
 */
function problemWith(place) {
  if (!address) return "Type the address of a view above, and where it is to be shown.";
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    return `“${address}” is no address of the web.`;
  if (new URL(address).origin === location.origin) return "A page of the sandbox itself can't be a view.";
  if (place.view === "item" && !/^\d+$/.test(place.item)) return "Choose an item above, by its id.";
  if (place.view !== "settings" && !place.board) return "This account has no board to show a view on.";
  return null;
}

/** What this browser showed last, so that nobody types it twice. */
function lastAddress() {
  return localStorage.getItem(LAST_ADDRESS) ?? "";
}

/** @param {string} problem */
function howToBegin(problem) {
  return element("div", { class: "pane-notice" }, icon("view"), element("p", {}, problem));
}

/**
 * @param {Place} place
 * @param {(frame: HTMLIFrameElement, origin: string) => unknown} add
 */
function framed(place, add) {
  const url = new URL(address);
  localStorage.setItem(LAST_ADDRESS, address);
  const frame = viewFrame(url.href, "View of the app");
  add(frame, url.origin);
  const title =
    place.view === "settings" ? `${place.account.name}: settings of the app` : (place.board?.name ?? "");
  return element(
    "div",
    { class: "host-card" },
    element(
      "header",
      { class: "host-card-head" },
      element("h2", {}, title),
      element("code", { class: "host-address", title: url.href }, url.href),
      iconButton("reload", "Load the view again", { onclick: () => frame.setAttribute("src", url.href) }),
    ),
    frame,
  );
}

await Promise.all([orShowError(loadAccounts), readClock()]);
start();
await listen({
  onChange: (change) => hear(change),
  onLog: bar.hearLog,
  onState: bar.showState,
});
