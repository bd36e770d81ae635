/**
 * The updates of an item with their replies, newest first, and the boxes to write in.
 */

import { callMonday } from "./api.js";
import { CREATE_REPLY, CREATE_UPDATE, DELETE_UPDATE, EDIT_UPDATE, fileToUpdate } from "./documents.js";
import { element, fill, icon, iconButton } from "./dom.js";
import { editor } from "./editor.js";
import { fileButton, fileLine, sendFile } from "./files.js";
import { currentZone, showMoment } from "./moments.js";
import { avatar } from "./people.js";
import { openMenu } from "./popover.js";
import { lightUp } from "./row.js";
import { safeFragment } from "./safe_html.js";
import { orShowError } from "./toast.js";

/** @typedef {{id: string, body: string, created_at: string, edited_at: string, creator_id: string,
 *   creator: {id: string, name: string} | null, assets?: import("./files.js").Asset[] | null}} Message */
/** @typedef {Message & {replies: Message[] | null}} Update */
/** @typedef {{token: () => string, actingUser: () => (import("./api.js").User | null), itemId: () => string,
 *   onChanged: () => void}} Wish */

/**
 * @param {Wish} wish
 */
export function conversation(wish) {
  /** @type {Map<string, ReturnType<typeof thread>>} */
  const threads = new Map();
  let drawnBefore = false;
  const list = element("div", { class: "threads" });
  const nothing = element("p", { class: "no-updates", hidden: true }, "No updates yet. Write the first one.");
  const box = element("div", { class: "new-update" });
  const root = element(
    "div",
    { class: "conversation", role: "tabpanel", "aria-label": "Updates" },
    box,
    nothing,
    list,
  );
  /** @type {ReturnType<typeof editor> | null} */
  let writing = null;

  const clear = () => {
    threads.clear();
    list.replaceChildren();
    nothing.hidden = true;
    drawnBefore = false;
    const made = editor({
      label: "Write an update",
      placeholder: writeAs(wish),
      action: "Update",
      send: (html) => change(wish, CREATE_UPDATE, { item: wish.itemId(), body: html }),
    });
    writing = made;
    fill(box, made.root);
  };
  clear();

  /** @param {Update[]} updates newest first */
  const draw = (updates) => {
    writing?.hint(writeAs(wish));
    const ids = new Set(updates.map((update) => update.id));
    for (const [id, gone] of threads) {
      if (ids.has(id)) continue;
      gone.root.remove();
      threads.delete(id);
    }
    updates.forEach((update, index) => {
      const isNew = !threads.has(update.id);
      const known = threads.get(update.id) ?? thread(wish);
      threads.set(update.id, known);
      known.draw(update, drawnBefore);
      if (list.children[index] !== known.root) list.insertBefore(known.root, list.children[index] ?? null);
      if (isNew && drawnBefore) lightUp(known.root);
    });
    nothing.hidden = updates.length > 0;
    drawnBefore = true;
  };
  return { root, draw, clear, focus: () => writing?.focus() };
}

/** @param {Wish} wish */
function writeAs(wish) {
  return `Write an update as ${wish.actingUser()?.name ?? "nobody"} …`;
}

/**
 * An update with its replies. The box for a reply is left alone when the rest is drawn anew.
 *
 * @param {Wish} wish
 */
function thread(wish) {
  const head = element("div", { class: "thread-head" });
  const replies = element("div", { class: "replies" });
  const replyBox = element("div", { class: "reply-box" });
  /** @type {Update | null} */
  let update = null;
  let drawn = "";

  const closeReply = () => {
    fill(
      replyBox,
      element(
        "button",
        { type: "button", class: "quiet-button", onclick: openReply },
        icon("reply"),
        "Reply",
      ),
      fileButton("Add a file", async (chosen) => {
        if (update && (await sendFile(wish.token(), fileToUpdate(update.id), chosen))) wish.onChanged();
      }),
    );
  };
  function openReply() {
    const made = editor({
      label: "Write a reply",
      placeholder: "Write a reply …",
      action: "Reply",
      cancel: closeReply,
      send: async (html) => {
        const sent = await change(wish, CREATE_REPLY, {
          item: wish.itemId(),
          parent: update?.id,
          body: html,
        });
        if (sent) closeReply();
        return sent;
      },
    });
    fill(replyBox, made.root);
    made.focus();
  }
  closeReply();
  const root = element("article", { class: "thread" }, head, replies, replyBox);
  return {
    root,
    /** @param {Update} next @param {boolean} highlight */
    draw: (next, highlight) => {
      const signature = JSON.stringify([next, wish.actingUser()?.id, currentZone()]);
      if (signature === drawn || root.querySelector(".message.editing")) return;
      const before = update?.replies?.length ?? 0;
      const isRedraw = drawn !== "";
      drawn = signature;
      update = next;
      root.dataset.update = next.id;
      fill(head, message(next, wish));
      const answers = [...(next.replies ?? [])].sort((one, other) =>
        one.created_at.localeCompare(other.created_at),
      );
      fill(
        replies,
        answers.map((reply) => message(reply, wish)),
      );
      const last = replies.lastElementChild;
      if (highlight && isRedraw && answers.length > before && last instanceof HTMLElement) lightUp(last);
    },
  };
}

/**
 * @param {Message} said
 * @param {Wish} wish
 * @returns {HTMLElement}
 */
function message(said, wish) {
  const author = said.creator ?? { id: said.creator_id ?? "", name: "Somebody" };
  const zone = currentZone();
  const isOwn = String(said.creator_id ?? author.id) === String(wish.actingUser()?.id);
  const isEdited = said.edited_at && Date.parse(said.edited_at) - Date.parse(said.created_at) > 1000;
  const body = element("div", { class: "message-body" });
  body.appendChild(safeFragment(said.body));
  const menu = iconButton("more", "Menu of this update", {
    class: "message-menu",
    "aria-haspopup": "menu",
    onclick: () =>
      openMenu(menu, "Update", [
        { text: "Edit", icon: "pencil", choose: edit },
        {
          text: "Delete",
          icon: "trash",
          danger: true,
          choose: () => void change(wish, DELETE_UPDATE, { update: said.id }),
        },
      ]),
  });
  const root = element(
    "div",
    { class: "message" },
    element(
      "div",
      { class: "message-head" },
      avatar(author),
      element("span", { class: "author" }, author.name),
      element(
        "time",
        { datetime: said.created_at, title: zone },
        showMoment(said.created_at, zone),
        isEdited ? " (edited)" : null,
      ),
      isOwn ? menu : null,
    ),
    body,
    said.assets?.length ? element("div", { class: "message-files" }, said.assets.map(fileLine)) : null,
  );
  function edit() {
    const stop = () => {
      root.classList.remove("editing");
      made.root.remove();
      body.hidden = false;
    };
    const made = editor({
      label: "Edit the update",
      placeholder: "",
      html: said.body,
      action: "Save",
      cancel: stop,
      send: async (html) => {
        const saved = await change(wish, EDIT_UPDATE, { update: said.id, body: html }, stop);
        return saved;
      },
    });
    root.classList.add("editing");
    body.hidden = true;
    root.appendChild(made.root);
    made.focus();
  }
  return root;
}

/**
 * @param {Wish} wish
 * @param {string} document
 * @param {Record<string, unknown>} variables
 * @param {() => void} [after] done before the conversation is read again
 * @returns {Promise<boolean>}
 */
async function change(wish, document, variables, after) {
  const data = await orShowError(() => callMonday(wish.token(), document, variables));
  if (!data) return false;
  after?.();
  wish.onChanged();
  return true;
}
