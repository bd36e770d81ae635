/**
 * The head of a pane: account, board, the acting user, and the toolbar.
 */

import { element, fill, icon, withProperty } from "./dom.js";
import { avatarColour } from "./colours.js";
import { currentZone } from "./moments.js";
import { avatar } from "./people.js";
import { openPopover } from "./popover.js";
import { actAs, actingUser, allAccounts } from "./session.js";

/** @typedef {import("./api.js").Account} Account */
/** @typedef {import("./api.js").User} User */
/** @typedef {import("./board_data.js").Board} Board */

/** Seats by the sandbox's name for them. @type {Record<string, string>} */
const SEATS = { admin: "Admin", member: "Member", view_only: "Viewer", viewer: "Viewer", guest: "Guest" };

/**
 * @param {{onActingChanged: () => void, onPlace: (place: string) => void, onSearch: (text: string) => void,
 *   newItem: () => void, hidden: () => Set<string>, toggleColumn: (id: string) => void}} wish
 */
export function paneHead(wish) {
  /** @type {{account: Account | undefined, boardId: string, board: Board | null}} */
  let shown = { account: undefined, boardId: "", board: null };
  const accountLine = element("button", {
    type: "button",
    class: "account-line",
    "aria-haspopup": "dialog",
    onclick: () => chooseAccount(),
  });
  const title = element("button", {
    type: "button",
    class: "board-title",
    "aria-haspopup": "dialog",
    onclick: () => chooseBoard(),
  });
  const acting = element("button", {
    type: "button",
    class: "acting-button",
    "aria-haspopup": "dialog",
    onclick: () => chooseUser(),
  });
  const search = /** @type {HTMLInputElement} */ (
    element("input", { type: "search", placeholder: "Search", "aria-label": "Search this board" })
  );
  search.addEventListener("input", () => wish.onSearch(search.value));
  const columnsButton = element("button", {
    type: "button",
    class: "tool-button",
    onclick: () => chooseColumns(),
  });
  const zone = element("span", { class: "zone-note" });
  const root = element(
    "header",
    { class: "pane-head" },
    element("div", { class: "pane-names" }, accountLine, element("h2", {}, title)),
    acting,
    element(
      "div",
      { class: "toolbar", role: "toolbar", "aria-label": "Board tools" },
      element("button", { type: "button", class: "primary-button", onclick: wish.newItem }, "New item"),
      element("label", { class: "search-box" }, icon("search"), search),
      columnsButton,
      zone,
    ),
  );

  const chooseBoard = () =>
    openPopover(title, "Choose a board", (close) =>
      allAccounts()
        .map((account) => ({ account, boards: account.boards.filter((board) => board.state === "active") }))
        .filter(({ boards }) => boards.length)
        .flatMap(({ account, boards }) => [
          element("p", { class: "popover-title" }, account.name),
          ...boards.map((board) =>
            boardChoice(board, account === shown.account && board.id === shown.boardId, () => {
              close();
              search.value = "";
              wish.onPlace(`${account.slug}/${board.id}`);
            }),
          ),
        ]),
    );

  const chooseAccount = () =>
    openPopover(accountLine, "Choose an account", (close) => [
      element("p", { class: "popover-title" }, "Accounts"),
      ...allAccounts().map((account) => {
        const first = account.boards.find((board) => board.state === "active");
        return accountChoice(account, first, account === shown.account, () => {
          close();
          if (first) wish.onPlace(`${account.slug}/${first.id}`);
        });
      }),
    ]);

  const chooseUser = () => {
    const { account } = shown;
    if (!account) return;
    openPopover(acting, "Act as", (close) => [
      element("p", { class: "popover-title" }, `Act in ${account.name} as`),
      ...account.users.map((user) =>
        userChoice(user, user === actingUser(account), () => {
          close();
          actAs(account, user);
          draw(shown);
          wish.onActingChanged();
        }),
      ),
    ]);
  };

  const chooseColumns = () =>
    openPopover(columnsButton, "Columns shown", () => {
      const list = element("div", { class: "choices" });
      const drawList = () =>
        fill(
          list,
          (shown.board?.columns ?? []).map((column, index) => {
            const isShown = !wish.hidden().has(column.id);
            const toggle = () => {
              wish.toggleColumn(column.id);
              drawList();
              /** @type {HTMLElement | undefined} */ (list.children[index])?.focus();
            };
            return element(
              "button",
              {
                type: "button",
                class: "choice",
                role: "checkbox",
                "aria-checked": String(isShown),
                "data-choice": true,
                onclick: toggle,
              },
              element("span", { class: isShown ? "tick checked" : "tick" }, isShown ? icon("check") : null),
              element("span", { class: "choice-text" }, column.title),
            );
          }),
        );
      drawList();
      return [element("p", { class: "popover-title" }, "Columns shown in this browser"), list];
    });

  /** @param {typeof shown} next */
  const draw = (next) => {
    shown = next;
    const { account, board } = next;
    fill(
      accountLine,
      account
        ? [
            accountMark(account),
            element("span", { class: "account-name" }, account.name),
            planChip(account.plan),
          ]
        : null,
    );
    accountLine.setAttribute("aria-label", `Account ${account?.name ?? "unknown"}. Choose another.`);
    const summary = account?.boards.find((known) => known.id === next.boardId);
    fill(
      title,
      element("span", { class: "board-name" }, board?.name ?? summary?.name ?? `Board ${next.boardId}`),
      icon("chevron-down"),
    );
    title.title = board?.description || "Choose a board";
    const user = account ? actingUser(account) : null;
    fill(acting, user ? [avatar(user), actingText(user), icon("chevron-down")] : null);
    acting.setAttribute(
      "aria-label",
      user ? `Acting as ${user.name}, ${seatOf(user)}. Choose somebody else.` : "Nobody to act as",
    );
    const hiddenCount = (board?.columns ?? []).filter((column) => wish.hidden().has(column.id)).length;
    fill(
      columnsButton,
      icon("eye-off"),
      element("span", { class: "tool-text" }, hiddenCount ? `${hiddenCount} hidden` : "Hide"),
    );
    columnsButton.classList.toggle("active", hiddenCount > 0);
    columnsButton.setAttribute("aria-label", hiddenCount ? `Columns, ${hiddenCount} hidden` : "Hide columns");
    zone.textContent = `Times in ${currentZone()}`;
  };
  return { root, draw };
}

/**
 * @param {import("./api.js").BoardSummary} board
 * @param {boolean} isShown
 * @param {() => void} choose
 */
function boardChoice(board, isShown, choose) {
  return element(
    "button",
    {
      type: "button",
      class: "choice",
      "data-choice": true,
      "aria-current": isShown ? "true" : null,
      onclick: choose,
    },
    icon("board"),
    element("span", { class: "choice-text" }, board.name),
  );
}

/**
 * What a user is to the account, as monday.com's administration says it.
 *
 * @param {User} user
 */
function seatOf(user) {
  const seat = SEATS[user.kind] ?? user.kind;
  return user.status && user.status !== "ACTIVE" ? `${seat}, ${user.status.toLowerCase()}` : seat;
}

/**
 * @param {Account} account
 * @param {import("./api.js").BoardSummary | undefined} first a board to open
 * @param {boolean} isShown
 * @param {() => void} choose
 */
function accountChoice(account, first, isShown, choose) {
  const count = account.boards.filter((board) => board.state === "active").length;
  const boards = count ? `${count} ${count === 1 ? "board" : "boards"}` : "no boards yet";
  return element(
    "button",
    {
      type: "button",
      class: "choice",
      "data-choice": true,
      disabled: !first,
      "aria-current": isShown ? "true" : null,
      onclick: choose,
    },
    accountMark(account),
    element(
      "span",
      { class: "choice-text" },
      account.name,
      element("small", {}, `${account.slug}, ${boards}`),
    ),
    planChip(account.plan),
  );
}

/** @param {User} user */
function actingText(user) {
  return element(
    "span",
    { class: "acting-text" },
    element("span", { class: "acting-name" }, user.name),
    element("span", { class: "acting-kind" }, [seatOf(user), user.title].filter(Boolean).join(", ")),
  );
}

/**
 * @param {User} user
 * @param {boolean} isActing
 * @param {() => void} choose
 */
function userChoice(user, isActing, choose) {
  return element(
    "button",
    {
      type: "button",
      class: "choice",
      role: "radio",
      "aria-checked": String(isActing),
      "data-choice": true,
      onclick: choose,
    },
    avatar(user, "small"),
    element("span", { class: "choice-text" }, user.name, element("small", {}, user.title || user.email)),
    isActing ? icon("check") : null,
    element("span", { class: "seat-chip" }, seatOf(user)),
  );
}

/** @param {Account} account */
export function accountMark(account) {
  const mark = element(
    "span",
    { class: "account-mark", "aria-hidden": "true" },
    account.name.slice(0, 1).toUpperCase(),
  );
  return withProperty(mark, "--avatar", avatarColour(account.slug));
}

/** @param {string} plan */
export function planChip(plan) {
  return plan ? element("span", { class: "plan-chip" }, plan) : null;
}
