/**
 * Which two boards to show side by side when the address names none.
 */

/** @typedef {import("./api.js").Account} Account */
/** @typedef {import("./api.js").BoardSummary} BoardSummary */
/** @typedef {{account: Account, board: BoardSummary}} Place */

// Boards are named in Swedish or English, as their customer chose.
const DESK = /service ?desk|ärendehantering/i;
const TICKETS = /ticket|ärende|support/i;
// Boards of subitems are named after the board that they belong to.
const PARTS = /^subitems of /i;

/**
 * A customer's ticket board at the left and the partner's service desk at the right; failing that, whatever two
 * boards there are.
 *
 * @param {Account[]} accounts
 * @param {Map<string, string>} changedAt when a board was last changed (ISO 8601), by `slug/id`; may lack any
 * @returns {{left: string | null, right: string | null}} `slug/id`
 */
export function defaultPair(accounts, changedAt = new Map()) {
  const places = accounts.flatMap((account) =>
    account.boards
      .filter((board) => board.state === "active" && !PARTS.test(board.name))
      .map((board) => ({ account, board })),
  );
  /** @param {Place} one @param {Place} other */
  const latestFirst = (one, other) =>
    (changedAt.get(nameOf(other)) ?? "").localeCompare(changedAt.get(nameOf(one)) ?? "");
  const latest = [...places].sort(latestFirst);
  const desk = latest.find((place) => DESK.test(place.board.name));
  const elsewhere = latest.filter((place) => place !== desk && place.account !== desk?.account);
  const tickets = elsewhere.find((place) => TICKETS.test(place.board.name)) ?? elsewhere[0];
  const right = desk ?? latest.find((place) => place !== tickets && place.account !== tickets?.account);
  const left = tickets ?? latest.find((place) => place !== right);
  return { left: left ? nameOf(left) : null, right: right ? nameOf(right) : null };
}

/** @param {Place} place */
function nameOf({ account, board }) {
  return `${account.slug}/${board.id}`;
}
