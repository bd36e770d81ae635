/**
 * What a person does on monday.com's side of a view: search the board, change the view's settings.
 */

import { element } from "../dom.js";

/**
 * @param {{onSearch: (term: string) => void, settings: () => Promise<object>,
 *   saveSettings: (settings: Record<string, unknown>) => Promise<void>}} wish
 */
export function sidePanel(wish) {
  const search = /** @type {HTMLInputElement} */ (
    element("input", { type: "search", placeholder: "Search", "aria-label": "Search this board" })
  );
  search.addEventListener("change", () => wish.onSearch(search.value.trim()));
  const settings = /** @type {HTMLTextAreaElement} */ (
    element("textarea", {
      class: "settings-text",
      rows: "5",
      spellcheck: "false",
      "aria-label": "Settings as JSON",
    })
  );
  const said = element("p", { class: "hint", role: "status" });
  let shown = "";
  /** @param {object} changed the settings as they are now */
  const hearSettings = (changed) => {
    // What a person is typing is left alone.
    if (settings.value === shown) settings.value = shown = JSON.stringify(changed, null, 2);
  };
  const save = async () => {
    const read = readObject(settings.value);
    said.textContent = read ? "Saved; the view was told." : "That is not a JSON object.";
    if (read) {
      shown = settings.value;
      await wish.saveSettings(read);
    }
  };
  const root = element(
    "section",
    { class: "host-side", "aria-label": "What a person does around the view" },
    element("label", { class: "form-field" }, element("span", {}, "Search of the board"), search),
    element(
      "details",
      { class: "settings-box" },
      element("summary", {}, "Settings of the view"),
      settings,
      element(
        "div",
        { class: "dialog-actions" },
        said,
        element("button", { type: "button", class: "primary-button small", onclick: save }, "Save"),
      ),
    ),
  );
  wish.settings().then(hearSettings);
  return { root, hearSettings };
}

/**
 * @param {string} text
 * @returns {Record<string, unknown> | null}
 */
function readObject(text) {
  try {
    const read = JSON.parse(text);
    return read && typeof read === "object" && !Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}
