/**
 * Whom this browser acts as: one user an account, remembered from visit to visit.
 */

import { fetchAccounts } from "./api.js";

/** @typedef {import("./api.js").Account} Account */
/** @typedef {import("./api.js").User} User */

/** @type {Account[]} */
let accounts = [];

/**
 * Read the accounts anew.
 *
 * @returns {Promise<Account[]>}
 */
export async function loadAccounts() {
  accounts = await fetchAccounts();
  return accounts;
}

/** @returns {Account[]} */
export function allAccounts() {
  return accounts;
}

/**
 * @param {string} slug
 * @returns {Account | undefined}
 */
export function accountOf(slug) {
  return accounts.find((account) => account.slug === slug);
}

/**
 * The user whose token this browser uses in an account: the one chosen last, else the first member. (Apps are
 * installed by an admin, and take that one's writes for their own.)
 *
 * @param {Account} account
 * @returns {User}
 */
export function actingUser(account) {
  const chosen = localStorage.getItem(actingKey(account));
  return (
    account.users.find((user) => user.id === chosen) ??
    account.users.find((user) => user.kind === "member") ??
    account.users[0]
  );
}

/**
 * @param {Account} account
 * @param {User} user
 */
export function actAs(account, user) {
  localStorage.setItem(actingKey(account), String(user.id));
}

/** @param {Account} account */
function actingKey(account) {
  return `sandbox-acting-as:${account.slug}`;
}
