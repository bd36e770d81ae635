/**
 * Files of a column: their names; a panel to open them and to add one.
 */

import { element } from "../dom.js";
import { fileToColumn } from "../documents.js";
import { fileButton, fileLine, filePicture, sendFile } from "../files.js";
import { openPopover } from "../popover.js";
import { textView } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */
/** @typedef {{name: string, asset?: import("../files.js").Asset, url?: string}} Attached */

/** @type {import("./kind.js").CellKind} */
export const file = {
  width: 150,
  describe: (context) =>
    attached(context)
      .map(({ name }) => name)
      .join(", "),
  view: (context) => {
    const files = attached(context);
    if (!files.length) return null;
    const faces = files.slice(0, 3).map(({ name, asset }) => filePicture(asset ?? { name }));
    return element(
      "span",
      { class: "cell-files" },
      faces,
      files.length === 1 ? textView(files[0].name) : element("span", { class: "count" }, files.length),
    );
  },
  edit: (anchor, context) =>
    openPopover(
      anchor,
      `${context.column.title}: files`,
      (close) => [
        element("p", { class: "popover-title" }, context.column.title),
        ...attached(context).map(({ name, asset, url }) => fileLine(asset ?? { name, url })),
        element(
          "div",
          { class: "popover-actions" },
          fileButton("Add a file", async (chosen) => {
            const { item, column, token } = context;
            if (await sendFile(token, fileToColumn(item.id, column.id), chosen)) {
              close();
              context.refresh();
            }
          }),
          element(
            "button",
            {
              type: "button",
              class: "quiet-button",
              hidden: attached(context).length === 0,
              onclick: () => {
                close();
                context.save({ clear_all: true });
              },
            },
            "Remove all",
          ),
        ),
      ],
      "files-popover",
    ),
};

/**
 * @param {CellContext} context
 * @returns {Attached[]}
 */
function attached({ value }) {
  /** @type {Partial<Attached>[]} */
  const files = value?.files ?? value?.value?.files ?? [];
  return files.map((one) => ({ ...one, name: one.name ?? "document" }));
}
