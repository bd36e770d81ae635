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
  const load = async () => {
    const read = JSON.stringify(await wish.settings(), null, 2);
    // What a person typed meanwhile is left alone.
    if (settings.value !== shown) return;
    settings.value = shown = read;
    said.textContent = "";
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
      { class: "settings-box", ontoggle: load },
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
  return root;
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
