/**
 * The box an update is written in: bold, italic, underline, strike and lists, as far as monday.com keeps them.
 * Pasting brings text only. Ctrl+Enter sends.
 */

import { element, iconButton } from "./dom.js";
import { safeFragment, safeMarkup } from "./safe_html.js";

/** Button, name and the browser's editing command. */
const TOOLS = [
  ["bold", "Bold"],
  ["italic", "Italic"],
  ["underline", "Underline"],
  ["strike", "Strikethrough", "strikeThrough"],
  ["list", "Bulleted list", "insertUnorderedList"],
];

/**
 * @param {{label: string, placeholder: string, html?: string, action: string,
 *   send: (html: string) => Promise<boolean>, cancel?: () => void}} wish `send` answers whether it went well
 * @returns {{root: HTMLElement, focus: () => void, hint: (placeholder: string) => void}}
 */
export function editor(wish) {
  const box = element("div", {
    class: "editor-box",
    contenteditable: "true",
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": wish.label,
    "data-placeholder": wish.placeholder,
  });
  if (wish.html) box.appendChild(safeFragment(wish.html));
  const button = element(
    "button",
    { type: "button", class: "primary-button small", onclick: () => send() },
    wish.action,
  );
  const root = element(
    "div",
    { class: "editor" },
    element(
      "div",
      { class: "editor-tools", role: "toolbar", "aria-label": "Formatting" },
      TOOLS.map(([name, label, command]) =>
        iconButton(name, label, {
          onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
          onclick: () => {
            box.focus();
            document.execCommand(command ?? name);
          },
        }),
      ),
    ),
    box,
    element(
      "div",
      { class: "editor-actions" },
      element("span", { class: "hint" }, "Ctrl+Enter sends"),
      wish.cancel
        ? element("button", { type: "button", class: "quiet-button", onclick: wish.cancel }, "Cancel")
        : null,
      button,
    ),
  );

  async function send() {
    if (!box.textContent?.trim() || button.hasAttribute("disabled")) return;
    button.setAttribute("disabled", "");
    const sent = await wish.send(safeMarkup(box));
    button.removeAttribute("disabled");
    if (sent) box.replaceChildren();
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape" && wish.cancel) {
      event.stopPropagation();
      wish.cancel();
    }
  });
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData?.getData("text/plain") ?? "");
  });
  // An emptied box keeps a stray line break, which would hide the placeholder.
  box.addEventListener("input", () => {
    if (!box.textContent && !box.querySelector("li")) box.replaceChildren();
  });
  return {
    root,
    focus: () => box.focus(),
    hint: (placeholder) => {
      box.dataset.placeholder = placeholder;
    },
  };
}
