/**
 * All files of an item: of its columns and of its updates; and a way to add one to a column.
 */

import { fileToColumn } from "./documents.js";
import { element, fill } from "./dom.js";
import { fileButton, fileCard, sendFile } from "./files.js";

/** @typedef {import("./files.js").Asset} Asset */
/** @typedef {import("./board_data.js").Column} Column */

/**
 * @param {{token: () => string, itemId: () => string, onChanged: () => void}} wish
 */
export function filesTab(wish) {
  const list = element("div", { class: "file-list" });
  const nothing = element("p", { class: "no-updates" }, "No files yet.");
  const column = /** @type {HTMLSelectElement} */ (
    element("select", { "aria-label": "Column for the file" })
  );
  const adding = element(
    "div",
    { class: "file-adding" },
    fileButton("Add a file to", async (chosen) => {
      if (await sendFile(wish.token(), fileToColumn(wish.itemId(), column.value), chosen)) wish.onChanged();
    }),
    column,
  );
  const hint = element(
    "p",
    { class: "hint" },
    "This board has no files column: files can be added to updates.",
  );
  let shape = "";
  return {
    root: element(
      "div",
      { class: "conversation", role: "tabpanel", "aria-label": "Files", hidden: true },
      adding,
      hint,
      nothing,
      list,
    ),
    /** @param {Asset[]} assets */
    draw: (assets) => {
      nothing.hidden = assets.length > 0;
      fill(list, assets.map(fileCard));
    },
    /** @param {Column[]} columns of the item's board */
    hearColumns: (columns) => {
      const takers = columns.filter(({ type }) => type === "file");
      adding.hidden = takers.length === 0;
      hint.hidden = takers.length > 0;
      const next = JSON.stringify(takers.map(({ id, title }) => [id, title]));
      if (next === shape) return;
      shape = next;
      fill(
        column,
        takers.map(({ id, title }) => element("option", { value: id }, title)),
      );
    },
  };
}
