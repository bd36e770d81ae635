/**
 * Dark or light: the system's choice until a person makes one.
 */

import { element, fill, icon } from "./dom.js";

/** @returns {HTMLElement} */
export function themeButton() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme === "system" ? system.matches : root.dataset.theme === "dark");
  const button = element("button", {
    type: "button",
    class: "icon-button",
    onclick: () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("sandbox-theme", root.dataset.theme);
      draw();
    },
  });
  const draw = () => {
    const label = isDark() ? "Use the light theme" : "Use the dark theme";
    button.setAttribute("aria-label", label);
    button.title = label;
    fill(button, icon(isDark() ? "sun" : "moon"));
  };
  system.addEventListener("change", draw);
  draw();
  return button;
}
