/**
 * The page of all accounts with their boards.
 */

import { element, fill, icon } from "./dom.js";
import { isStructural, listen } from "./live.js";
import { accountMark, planChip } from "./pane_head.js";
import { avatar } from "./people.js";
import { defaultPair } from "./default_pair.js";
import { allAccounts, loadAccounts } from "./session.js";
import { orShowError } from "./toast.js";
import { topBar } from "./top_bar.js";

/** @typedef {import("./api.js").Account} Account */
/** @typedef {import("./api.js").BoardSummary} BoardSummary */

/** @type {Record<string, string>} */
const KIND_ICONS = { private: "lock", share: "share" };
const host = /** @type {HTMLElement} */ (document.getElementById("home"));
const bar = topBar(() => undefined);

async function refresh() {
  if (!(await orShowError(loadAccounts))) return;
  const accounts = allAccounts();
  const { left, right } = defaultPair(accounts);
  host.setAttribute("aria-busy", "false");
  fill(
    host,
    element(
      "section",
      { class: "home-head" },
      element(
        "div",
        {},
        element("h1", {}, "Accounts and boards"),
        element("p", {}, "A monday.com of your own: every account, every user, live."),
      ),
      left && right
        ? element(
            "a",
            { class: "primary-button large", href: "/side-by-side" },
            icon("side-by-side"),
            "Open side by side",
          )
        : null,
    ),
    accounts.some((account) => account.boards.length) ? null : howToBegin(),
    element("div", { class: "account-cards" }, accounts.map(accountCard)),
  );
}

function howToBegin() {
  return element(
    "p",
    { class: "notice" },
    "No board exists yet. Run ",
    element("code", {}, "make run"),
    " in the project's folder: it installs the app into these accounts and makes their boards. This page shows them as they come.",
  );
}

/** @param {Account} account */
function accountCard(account) {
  const boards = account.boards.filter((board) => board.state === "active");
  return element(
    "article",
    { class: "account-card" },
    element(
      "header",
      {},
      accountMark(account),
      element(
        "div",
        { class: "account-names" },
        element("h2", {}, account.name),
        element("span", { class: "account-slug" }, account.slug),
      ),
      planChip(account.plan),
    ),
    element(
      "div",
      { class: "account-people", "aria-label": "Users" },
      account.users.map((user) => avatar(user, "small")),
      element("span", { class: "people-names" }, account.users.map((user) => user.name).join(", ")),
    ),
    boards.length
      ? workspaces(account, boards)
          .map(([name, list]) => [
            element("h3", {}, name),
            element(
              "ul",
              { class: "board-list" },
              list.map((board) => element("li", {}, boardLink(account, board))),
            ),
          ])
          .flat()
      : element("p", { class: "no-boards" }, "No boards yet."),
  );
}

/**
 * @param {Account} account
 * @param {BoardSummary[]} boards
 * @returns {[string, BoardSummary[]][]} name of the workspace and its boards
 */
function workspaces(account, boards) {
  /** @type {Map<string, BoardSummary[]>} */
  const found = new Map();
  for (const board of boards) {
    const workspace = account.workspaces.find((known) => String(known.id) === String(board.workspace_id));
    const name = workspace?.name ?? "Main workspace";
    found.set(name, [...(found.get(name) ?? []), board]);
  }
  return [...found];
}

/**
 * @param {Account} account
 * @param {BoardSummary} board
 */
function boardLink(account, board) {
  return element(
    "a",
    {
      class: "board-link",
      href: `/boards/${encodeURIComponent(account.slug)}/${encodeURIComponent(board.id)}`,
    },
    icon(KIND_ICONS[board.kind] ?? "board"),
    element("span", {}, board.name),
  );
}

await listen({
  onChange: (change) => void (change.item_id === null && refresh()),
  onLog: (entry) => {
    bar.hearLog();
    if (isStructural(entry)) refresh();
  },
  onState: bar.showState,
  onReturn: refresh,
});
await refresh();
