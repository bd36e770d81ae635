/**
 * Files: what they look like, and how they are sent to monday.com.
 */

import { uploadFile } from "./api.js";
import { openDialog } from "./dialogs.js";
import { fileToColumn } from "./documents.js";
import { element, icon } from "./dom.js";
import { currentZone, showMoment } from "./moments.js";
import { orShowError } from "./toast.js";

/** @typedef {{name: string, id?: string, url?: string | null, public_url?: string, file_size?: number,
 *   created_at?: string, uploaded_by?: {name: string} | null}} Asset `id`, … absent: a link to somewhere else */

const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

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
  const attributes = address ? { href: address, target: "_blank", rel: "noopener noreferrer" } : {};
  return element(
    "a",
    {
      class: "file-line",
      download: asset.id ? asset.name : null,
      title: asset.id ? `${asset.name}, file ${asset.id}` : asset.name,
      ...attributes,
    },
    filePicture(asset),
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

/**
 * What stands for a file: itself, small, if it is a picture of the sandbox's own; a sheet of paper otherwise.
 *
 * @param {Asset} asset
 * @returns {Element}
 */
export function filePicture(asset) {
  const address = webAddress(asset.public_url);
  const isOwn = address && new URL(address, location.href).origin === location.origin;
  if (!isOwn || !PICTURE.test(asset.name)) return icon("file");
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
 * Send a file; a refusal is shown.
 *
 * @param {string} token
 * @param {string} document one that takes a file
 * @param {File} file
 * @returns {Promise<boolean>} whether monday.com took it
 */
export async function sendFile(token, document, file) {
  return Boolean(await orShowError(() => uploadFile(token, document, file)));
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
        isDone = await sendFile(token, fileToColumn(itemId, columnId), file);
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
