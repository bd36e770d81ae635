/**
 * Files: what they look like, and how they are sent to monday.com.
 */

import { MondayError, uploadFile } from "./api.js";
import { openDialog } from "./dialogs.js";
import { element, icon } from "./dom.js";
import { currentZone, showMoment } from "./moments.js";
import { showError } from "./toast.js";

/** @typedef {{id: string, name: string, url: string, public_url: string, file_size: number, created_at: string,
 *   uploaded_by?: {name: string} | null}} Asset */

/** Mutations that take a file. */
export const TO_COLUMN = `
mutation page_file_to_column($file: File!, $item: ID!, $column: String!) {
  add_file_to_column(item_id: $item, column_id: $column, file: $file) { id }
}`;
export const TO_UPDATE = `
mutation page_file_to_update($file: File!, $update: ID!) {
  add_file_to_update(update_id: $update, file: $file) { id }
}`;

const PICTURE = /\.(png|jpe?g|gif|webp|svg)$/i;

/**
 * A size as people read it.
 *
 * @param {number} bytes
 */
export function showSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/**
 * A file as a line that leads to its content: a small picture of it, where it is one.
 *
 * @param {Asset} asset
 */
export function fileLine(asset) {
  const address = webAddress(asset.public_url) ?? webAddress(asset.url);
  const face = PICTURE.test(asset.name) && address ? picture(address) : icon("file");
  const attributes = address ? { href: address, target: "_blank", rel: "noopener noreferrer" } : {};
  return element(
    "a",
    { class: "file-line", download: asset.name, title: `${asset.name}, file ${asset.id}`, ...attributes },
    face,
    element("span", { class: "file-name" }, asset.name),
    asset.file_size === null || asset.file_size === undefined
      ? null
      : element("small", {}, showSize(Number(asset.file_size))),
  );
}

/** @param {Asset} asset */
export function fileCard(asset) {
  const by = asset.uploaded_by?.name;
  const at = asset.created_at ? showMoment(asset.created_at, currentZone()) : "";
  return element(
    "div",
    { class: "file-card" },
    fileLine(asset),
    element("p", { class: "hint" }, [by ? `by ${by}` : "", at].filter(Boolean).join(", ")),
  );
}

/** @param {string} address */
function picture(address) {
  return element("img", { class: "file-picture", src: address, alt: "", loading: "lazy" });
}

/**
 * @param {string | null | undefined} address
 * @returns {string | null}
 */
function webAddress(address) {
  return address && /^(https?:\/\/|\/)/i.test(address) ? address : null;
}

/**
 * Let a person choose a file and send it at once.
 *
 * @param {string} token
 * @param {string} document one of the mutations above
 * @param {Record<string, unknown>} variables beside the file
 * @param {File} file
 * @returns {Promise<boolean>} whether monday.com took it
 */
export async function sendFile(token, document, variables, file) {
  try {
    await uploadFile(token, document, variables, file);
    return true;
  } catch (error) {
    const { message, code } = /** @type {MondayError} */ (error);
    showError(message, code);
    return false;
  }
}

/**
 * A button that opens the browser's choice of files.
 *
 * @param {string} label
 * @param {(file: File) => Promise<unknown>} send
 * @returns {HTMLElement}
 */
export function fileButton(label, send) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "file",
      class: "file-input",
      "aria-label": label,
      onchange: async () => {
        const [file] = input.files ?? [];
        if (!file) return;
        holder.classList.add("saving");
        await send(file);
        holder.classList.remove("saving");
        input.value = "";
      },
    })
  );
  const holder = element("label", { class: "quiet-button file-button" }, icon("file"), label, input);
  return holder;
}

/**
 * Ask for a file for a column.
 *
 * @param {string} token
 * @param {string} itemId
 * @param {string} columnId
 * @returns {Promise<boolean>} whether one was uploaded
 */
export async function uploadDialog(token, itemId, columnId) {
  let isDone = false;
  const { closed } = openDialog(
    "Add a file",
    (close) => [
      element("p", { class: "dialog-question" }, "Add a file"),
      fileButton("Choose a file", async (file) => {
        isDone = await sendFile(token, TO_COLUMN, { item: itemId, column: columnId }, file);
        if (isDone) close();
      }),
      element(
        "div",
        { class: "dialog-actions" },
        element("button", { type: "button", class: "quiet-button", onclick: close }, "Cancel"),
      ),
    ],
    "consent",
  );
  await closed;
  return isDone;
}
