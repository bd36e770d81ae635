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
  document.getElementById("toasts")?.appendChild(toast);
  setTimeout(() => toast.remove(), SHOWN_FOR);
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
