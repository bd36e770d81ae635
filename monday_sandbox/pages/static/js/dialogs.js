/**
 * Dialogs over the page, the browser's own: they hold the focus, and Escape closes them.
 */

import { element } from "./dom.js";

/**
 * Show a dialog until it is closed.
 *
 * @param {string} label what it is, for screen readers
 * @param {(close: () => void) => (Node | Node[])} build makes the content
 * @param {string} [kind] class
 * @returns {{root: HTMLDialogElement, close: () => void, closed: Promise<void>}}
 */
export function openDialog(label, build, kind = "") {
  const root = /** @type {HTMLDialogElement} */ (
    element("dialog", { class: `dialog ${kind}`, "aria-label": label })
  );
  const close = () => root.close();
  root.append(...[build(close)].flat());
  document.body.appendChild(root);
  const closed = new Promise((resolve) =>
    root.addEventListener("close", () => {
      root.remove();
      resolve(undefined);
    }),
  );
  root.showModal();
  return { root, close, closed: /** @type {Promise<void>} */ (closed) };
}

/**
 * Ask a person yes or no.
 *
 * @param {string} question
 * @param {{yes?: string, no?: string | null}} [words] `no` null: there is nothing but yes
 * @returns {Promise<boolean>}
 */
export async function askConsent(question, { yes = "OK", no = "Cancel" } = {}) {
  let agreed = false;
  const { closed } = openDialog(
    question,
    (close) => [
      element("p", { class: "dialog-question" }, question),
      element(
        "div",
        { class: "dialog-actions" },
        no === null ? null : element("button", { type: "button", class: "quiet-button", onclick: close }, no),
        element(
          "button",
          {
            type: "button",
            class: "primary-button",
            autofocus: true,
            onclick: () => {
              agreed = true;
              close();
            },
          },
          yes,
        ),
      ),
    ],
    "consent",
  );
  await closed;
  return agreed;
}
