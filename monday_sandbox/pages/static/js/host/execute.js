/**
 * What views have monday.com do: `execute` of monday-sdk-js 0.5.9.
 */

import { callMonday, postJson } from "../api.js";
import { askConsent, openDialog } from "../dialogs.js";
import { READ_ASSET } from "../documents.js";
import { element, iconButton } from "../dom.js";
import { uploadDialog, fileCard } from "../files.js";
import { showNotice } from "../toast.js";
import { Refusal } from "./bridge.js";

/** @typedef {import("./bridge.js").View} View */
/** @typedef {import("./context.js").Place} Place */

const NOTICE_MS = 5000;
const NOTICE_KINDS = new Set(["success", "error", "info"]);
const USUAL_SIZE = { width: "720px", height: "480px" };

/**
 * @param {Object} wish
 * @param {() => Place} wish.place
 * @param {() => string} wish.address of the view
 * @param {(itemId: string, tab: "talk" | "fields") => Promise<void>} wish.openItem
 * @param {(frame: HTMLIFrameElement) => View} wish.adopt a frame that may ask too
 * @param {(view: View) => void} wish.release
 * @param {(type: string, data: unknown) => void} wish.tell
 * @returns {import("./bridge.js").Answer}
 */
export function executor(wish) {
  /** @type {Map<View, (data: unknown) => void>} modals by the view in them: what closes them */
  const modals = new Map();

  /** @type {Record<string, (params: any, view: View) => Promise<unknown>>} */
  const actions = {
    openItemCard: async ({ itemId, kind = "columns" }) => {
      await wish.openItem(String(itemId), kind === "updates" ? "talk" : "fields");
      return {};
    },
    notice: async ({ message, type = "info", timeout = NOTICE_MS }) => {
      showNotice(String(message), NOTICE_KINDS.has(type) ? type : "info", Number(timeout) || NOTICE_MS);
      return {};
    },
    confirm: async ({ message, confirmButton, cancelButton, excludeCancelButton }) => ({
      confirm: await askConsent(String(message), {
        yes: confirmButton || "OK",
        no: excludeCancelButton ? null : cancelButton || "Cancel",
      }),
    }),
    openAppFeatureModal: (params) => openModal(params),
    closeAppFeatureModal: async (params, view) => {
      const close = modals.get(view);
      if (!close) throw new Refusal("There is no modal of this view to close.");
      // Closed after this answer is on its way: a frame that is gone hears nothing.
      setTimeout(() => close(params ?? {}));
      return {};
    },
    openLinkInTab: async ({ url }) => {
      if (!/^https?:\/\//i.test(String(url))) throw new Refusal("openLinkInTab needs an address of the web.");
      window.open(url, "_blank", "noopener");
      return {};
    },
    openFilesDialog: async ({ assetId }) => {
      const { assets } = await callMonday(wish.place().user.api_token, READ_ASSET, {
        ids: [String(assetId)],
      });
      if (!assets?.length) throw new Refusal(`There is no file ${assetId} that this user may see.`);
      openDialog(assets[0].name, (close) => [
        element("div", { class: "dialog-head" }, iconButton("close", "Close the file", { onclick: close })),
        fileCard(assets[0]),
      ]);
      return {};
    },
    triggerFilesUpload: async ({ boardId, itemId, columnId }) => {
      const done = await uploadDialog(wish.place().user.api_token, String(itemId), String(columnId));
      if (!done) throw new Refusal("Nothing was uploaded.");
      wish.tell("events", { type: "change_column_values", boardId, itemIds: [itemId], columnId });
      return {};
    },
    valueCreatedForUser: async () => {
      const { account, user, view } = wish.place();
      await postJson("/sandbox/view/values", { account: account.slug, user: String(user.id), view });
      return {};
    },
    // Measurements: monday.com keeps them for itself.
    track: async () => ({}),
    reportTime: async () => ({}),
  };

  /** @param {{url?: string, urlPath?: string, urlParams?: Record<string, string>, width?: string, height?: string}} params */
  const openModal = async ({ url, urlPath, urlParams, width, height }) => {
    const address = modalAddress(url || wish.address(), urlPath, urlParams);
    if (address.origin !== new URL(wish.address()).origin)
      throw new Refusal(`The host shows addresses of ${new URL(wish.address()).origin} only.`);
    const frame = viewFrame(address.href, "Modal of the app");
    const view = wish.adopt(frame);
    /** @type {unknown} */
    let told = {};
    const { root, close, closed } = openDialog(
      "Modal of the app",
      (end) => [
        element("div", { class: "dialog-head" }, iconButton("close", "Close the modal", { onclick: end })),
        frame,
      ],
      "feature-modal",
    );
    root.style.setProperty("--width", isLength(width) ? width : USUAL_SIZE.width);
    root.style.setProperty("--height", isLength(height) ? height : USUAL_SIZE.height);
    modals.set(view, (data) => {
      told = data;
      close();
    });
    await closed;
    modals.delete(view);
    wish.release(view);
    return told;
  };

  return async (args, view) => {
    const { type, params } = args;
    if (typeof type !== "string" || !Object.hasOwn(actions, type))
      throw new Refusal(`The host can't do “${type}”.`);
    return actions[type](params ?? {}, view);
  };
}

/**
 * The frame of a view: it may run and open windows, but not lead this page elsewhere.
 *
 * @param {string} address
 * @param {string} title
 */
export function viewFrame(address, title) {
  return /** @type {HTMLIFrameElement} */ (
    element("iframe", {
      class: "view-frame",
      title,
      src: address,
      sandbox:
        "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox " +
        "allow-downloads allow-modals",
      allow: "clipboard-write",
    })
  );
}

/**
 * @param {string} base
 * @param {string} [path]
 * @param {Record<string, string>} [params]
 */
function modalAddress(base, path, params) {
  const address = new URL(base);
  if (path) address.pathname = `${address.pathname.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
  for (const [name, value] of Object.entries(params ?? {})) address.searchParams.set(name, String(value));
  return address;
}

/**
 * @param {unknown} text
 * @returns {text is string} a length above zero, in pixels or as a share
 */
function isLength(text) {
  return typeof text === "string" && /^[1-9]\d*(\.\d+)?(px|%|vw|vh|rem|em)$/.test(text);
}
