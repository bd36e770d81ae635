/**
 * Editing a text where it stands: Enter or leaving it saves, Escape gives up.
 */

import { element } from "./dom.js";

/**
 * Put an input over a cell until it is saved or given up.
 *
 * @param {HTMLElement} anchor the cell's button; its parent holds the input meanwhile
 * @param {{value: string, label: string, type?: string, inputMode?: string, required?: boolean,
 *   save: (text: string) => void}} wish
 */
export function editInPlace(anchor, wish) {
  const box = anchor.parentElement;
  if (!box || box.classList.contains("editing")) return;
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      class: "in-place",
      type: wish.type ?? "text",
      inputmode: wish.inputMode,
      "aria-label": wish.label,
      autocomplete: "off",
      spellcheck: "false",
    })
  );
  input.value = wish.value;
  let done = false;
  /** @param {boolean} keep @param {boolean} [refocus] */
  const finish = (keep, refocus = false) => {
    if (done) return;
    done = true;
    const text = input.value.trim();
    box.classList.remove("editing");
    input.remove();
    if (refocus) anchor.focus();
    if (keep && text !== wish.value && (text || !wish.required)) wish.save(text);
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    // The focus moves to the cell's button, which this key must not press as well.
    event.preventDefault();
    finish(event.key === "Enter", true);
  });
  input.addEventListener("blur", () => finish(true));
  box.classList.add("editing");
  box.appendChild(input);
  input.focus();
  input.select();
}
