/**
 * Small panels that hang on a control: palettes, lists, calendars, menus. The browser's own popovers carry them,
 * so Escape and a click elsewhere close them; on a phone they rise from the bottom.
 */

import { element, icon } from "./dom.js";

const GAP = 4;

/**
 * Open a panel beside a control. One is open at a time; the focus goes into it and comes back when it closes.
 *
 * @param {HTMLElement} anchor
 * @param {string} label what the panel is, for screen readers
 * @param {(close: () => void) => (Node | Node[])} build makes the content
 * @param {string} [kind] class of the panel
 * @returns {() => void} close
 */
export function openPopover(anchor, label, build, kind = "") {
  const panel = element("div", {
    class: `popover ${kind}`,
    role: "dialog",
    "aria-label": label,
    popover: "auto",
  });
  const close = () => panel.hidePopover();
  panel.append(...[build(close)].flat());
  document.body.appendChild(panel);
  const follow = () => place(panel, anchor);
  panel.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    removeEventListener("resize", follow);
    anchor.removeAttribute("aria-expanded");
    const heldFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (heldFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  });
  panel.addEventListener("keydown", walkChoices);
  addEventListener("resize", follow);
  anchor.setAttribute("aria-expanded", "true");
  panel.showPopover();
  place(panel, anchor);
  const first = panel.querySelector("[autofocus], [aria-checked=true], [data-choice], input, button");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  return close;
}

/**
 * A menu: choices below each other, each closes it.
 *
 * @param {HTMLElement} anchor
 * @param {string} label
 * @param {{text: string, icon?: string, danger?: boolean, choose: () => void}[]} choices
 */
export function openMenu(anchor, label, choices) {
  openPopover(
    anchor,
    label,
    (close) =>
      choices.map((choice) =>
        element(
          "button",
          {
            type: "button",
            role: "menuitem",
            class: choice.danger ? "choice danger" : "choice",
            "data-choice": true,
            onclick: () => {
              close();
              choice.choose();
            },
          },
          choice.icon ? icon(choice.icon) : null,
          choice.text,
        ),
      ),
    "menu",
  );
}

/**
 * Put a panel under its control, or above where there is more room; inside the window in any case.
 *
 * @param {HTMLElement} panel
 * @param {HTMLElement} anchor
 */
function place(panel, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + GAP;
  const above = at.top - GAP - height;
  const top =
    below + height <= innerHeight || above < 0
      ? Math.min(below, Math.max(GAP, innerHeight - height - GAP))
      : above;
  const left = Math.min(Math.max(GAP, at.left + at.width / 2 - width / 2), innerWidth - width - GAP);
  panel.style.setProperty("--top", `${Math.round(top)}px`);
  panel.style.setProperty("--left", `${Math.round(Math.max(GAP, left))}px`);
}

/**
 * Arrow keys walk through the choices of a panel.
 *
 * @param {KeyboardEvent} event
 */
function walkChoices(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !(event.currentTarget instanceof HTMLElement)) return;
  const choices = [...event.currentTarget.querySelectorAll("[data-choice]")];
  if (!choices.length || event.target instanceof HTMLTextAreaElement) return;
  const at = choices.indexOf(/** @type {Element} */ (document.activeElement));
  const next = choices[(at + step + choices.length) % choices.length];
  if (next instanceof HTMLElement) next.focus();
  event.preventDefault();
}
