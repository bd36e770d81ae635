/**
 * Short messages at the edge of the window: what monday.com refused, in its own words.
 */

import { element, iconButton } from "./dom.js";

const SHOWN_FOR = 8000;

/**
 * @param {string} message
 * @param {string} [detail] such as monday.com's error code
 */
export function showError(message, detail) {
  const toast = element(
    "div",
    { class: "toast", role: "alert" },
    element("span", {}, message, detail ? element("code", {}, detail) : null),
    iconButton("close", "Dismiss", { onclick: () => toast.remove() }),
  );
  raise(toast);
  setTimeout(() => toast.remove(), SHOWN_FOR);
}

/**
 * @param {string} message
 * @param {string} kind `success`, `error` or `info`
 * @param {number} shownFor milliseconds
 */
export function showNotice(message, kind, shownFor) {
  const toast = element(
    "div",
    { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" },
    element("span", {}, message),
    iconButton("close", "Dismiss", { onclick: () => toast.remove() }),
  );
  raise(toast);
  setTimeout(() => toast.remove(), shownFor);
}

/**
 * Put a message above everything, open dialogs too: what became a popover last is on top.
 *
 * @param {HTMLElement} toast
 */
function raise(toast) {
  const place = document.getElementById("toasts");
  if (!place) return;
  place.appendChild(toast);
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover();
}

/**
 * Do something that may be refused; a refusal is shown.
 *
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T | undefined>} nothing when it was refused
 */
export async function orShowError(action) {
  try {
    return await action();
  } catch (error) {
    const { message, code } = /** @type {{message: string, code?: string}} */ (error);
    showError(message, code);
    return undefined;
  }
}
