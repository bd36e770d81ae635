/**
 * The page of one board, or of two side by side.
 */

import { callMonday } from "./api.js";
import { readClock } from "./clock.js";
import { defaultPair } from "./default_pair.js";
import { READ_BOARD_AGES } from "./documents.js";
import { element } from "./dom.js";
import { isStructural, listen } from "./live.js";
import { emptyPane, pane } from "./pane.js";
import { actingUser, loadAccounts } from "./session.js";
import { orShowError } from "./toast.js";
import { topBar } from "./top_bar.js";

/** @typedef {import("./pane.js").Pane} Pane */

const host = /** @type {HTMLElement} */ (document.getElementById("panes"));
const isPair = !host.dataset.boards;

/** @type {Pane[]} */
let panes = [];
const bar = topBar(() => panes.forEach((one) => one.redraw()));

/** Read the accounts and open the boards that the address names, or the best two there are. */
async function start() {
  await Promise.all([orShowError(loadAccounts), readClock()]);
  const wanted = isPair ? await chosenPair() : [host.dataset.boards ?? null];
  panes = wanted.map((place) => (place ? pane(place, remember) : null)).filter((one) => one !== null);
  host.replaceChildren(...(panes.length ? panes.map((one) => one.root) : [emptyPane()]));
  host.classList.toggle("pair", panes.length > 1);
  await Promise.all(panes.map((one) => one.refresh()));
  nameTab();
}

/**
 * @returns {Promise<(string | null)[]>} `slug/board_id`, left and right
 */
async function chosenPair() {
  const asked = new URLSearchParams(location.search);
  const [left, right] = [asked.get("left"), asked.get("right")];
  if (left && right) return [left, right];
  const usual = defaultPair(await loadAccounts(), await boardAges());
  return [left ?? usual.left, right ?? usual.right];
}

/**
 * When each board was last changed.
 *
 * @returns {Promise<Map<string, string>>} ISO 8601 by `slug/board_id`
 */
async function boardAges() {
  const ages = new Map();
  for (const account of await loadAccounts()) {
    const ids = account.boards.map((board) => board.id);
    if (!ids.length || !account.users.length) continue;
    const data = await orShowError(() =>
      callMonday(actingUser(account).api_token, READ_BOARD_AGES, { boards: ids }),
    );
    for (const board of data?.boards ?? []) ages.set(`${account.slug}/${board.id}`, board.updated_at ?? "");
  }
  return ages;
}

/** Keep the address true to what is shown, so that it can be reloaded or sent to somebody. */
function remember() {
  if (isPair) {
    const [left, right] = panes.map((one) => one.place());
    history.replaceState(null, "", `/side-by-side?${new URLSearchParams({ left, right: right ?? "" })}`);
  } else {
    history.replaceState(null, "", `/boards/${panes[0].place()}`);
  }
  nameTab();
}

function nameTab() {
  const names = [...host.querySelectorAll(".board-name")].map((name) => name.textContent);
  if (names.length) document.title = `${names.join(" | ")} · monday.com sandbox`;
}

/** Accounts and boards may have come since: a page that showed none starts again. */
async function catchUp() {
  await Promise.all([orShowError(loadAccounts), readClock()]);
  if (isShort()) await start();
  else await Promise.all(panes.map((one) => one.refresh()));
}

/**
 * Boards, groups, columns or people of an account may be others.
 *
 * @param {string} accountId
 */
async function hearOfStructure(accountId) {
  await orShowError(loadAccounts);
  if (isShort()) return start();
  panes.forEach((one) => one.hearOfAccount(accountId));
}

const isShort = () => panes.length < (isPair ? 2 : 1);

host.appendChild(element("p", { class: "loading" }, "Reading the boards …"));
// Listening comes first: what changes while the boards are read is heard, and read again.
await listen({
  onChange: (change) => {
    if (isShort()) return catchUp();
    // News of a board as a whole: it may be one that can now be chosen.
    if (change.item_id === null) orShowError(loadAccounts);
    panes.forEach((one) => one.hear(change));
  },
  onLog: (entry) => {
    bar.hearLog();
    if (isStructural(entry)) hearOfStructure(String(entry.account_id));
  },
  onState: bar.showState,
  onReturn: catchUp,
});
await start();
