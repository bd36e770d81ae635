/**
 * One item as a line of a board.
 */

import { cellKind } from "./cells/index.js";
import { element, fill, icon, iconButton } from "./dom.js";
import { editInPlace } from "./in_place.js";

/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Item} Item */
/** @typedef {import("./grid.js").GridActions} GridActions */
/** @typedef {import("./grid.js").GridState} GridState */

/**
 * @typedef {Object} Row
 * @property {HTMLElement} root
 * @property {(item: Item, state: GridState, how: {highlight: boolean, isNew: boolean}) => void} draw
 */

/**
 * @param {Item} first
 * @param {Column[]} columns
 * @param {GridActions} actions
 * @returns {Row}
 */
export function row(first, columns, actions) {
  let item = first;
  const name = element("button", {
    type: "button",
    class: "cell name",
    "data-cell": true,
    tabindex: "-1",
    onclick: () => rename(),
  });
  const rename = () =>
    editInPlace(name, {
      value: item.name,
      label: "Item name",
      required: true,
      save: (typed) => actions.rename(item, typed),
    });
  const updates = element("button", {
    type: "button",
    class: "updates-button",
    "data-cell": true,
    tabindex: "-1",
    onclick: () => actions.open(item, updates),
  });
  const toggle = element("button", {
    type: "button",
    class: "subitems-toggle",
    "data-cell": true,
    tabindex: "-1",
    hidden: true,
    onclick: () => actions.toggleSubitems(item),
  });
  const menu = iconButton("more", "Item menu", {
    class: "row-menu",
    "data-cell": true,
    tabindex: "-1",
    "aria-haspopup": "menu",
    onclick: () => actions.menu(item, menu, rename),
  });
  const cells = columns.map((column) => cell(column, actions, (value) => actions.save(item, column, value)));
  const root = element(
    "tr",
    { class: "row", "data-item": item.id },
    element(
      "th",
      { scope: "row", class: "name-box" },
      menu,
      element("span", { class: "bar" }),
      toggle,
      element("span", { class: "name-edit" }, name),
      updates,
    ),
    cells.map((part) => part.root),
    element("td", { class: "rest", "aria-hidden": "true" }),
  );
  let drawn = "";
  return {
    root,
    draw: (next, state, { highlight, isNew }) => {
      item = next;
      const signature = JSON.stringify([item.name, item.updateCount]);
      if (signature !== drawn) {
        if (drawn && highlight) lightUp(JSON.parse(drawn)[0] === item.name ? updates : name);
        drawn = signature;
        fill(name, element("span", { class: "cell-text" }, item.name));
        name.title = item.name;
        name.setAttribute("aria-label", `Item name: ${item.name}. Press Enter to edit.`);
        drawUpdates(updates, item);
      }
      drawToggle(toggle, item, state.expanded.has(item.id));
      for (const part of cells) part.draw(item, state, highlight);
      if (isNew) lightUp(root);
    },
  };
}

/**
 * @param {HTMLElement} toggle
 * @param {Item} item
 * @param {boolean} isOpen
 */
function drawToggle(toggle, item, isOpen) {
  const count = item.subitems.length;
  toggle.hidden = count === 0 && !isOpen;
  toggle.setAttribute("aria-expanded", String(isOpen));
  const said = `${count} ${count === 1 ? "subitem" : "subitems"} of ${item.name}`;
  if (toggle.getAttribute("aria-label") === said) return;
  toggle.setAttribute("aria-label", said);
  toggle.title = said;
  fill(toggle, icon("chevron-right"), element("span", { class: "subitems-count" }, count));
}

/**
 * @param {HTMLElement} button
 * @param {Item} item
 */
function drawUpdates(button, item) {
  const { updateCount } = item;
  const said = updateCount ? `${updateCount} ${updateCount === 1 ? "update" : "updates"}` : "no updates yet";
  button.setAttribute("aria-label", `Open ${item.name}, ${said}`);
  button.title = updateCount ? said : "Write the first update";
  button.classList.toggle("has-updates", updateCount > 0);
  fill(
    button,
    icon(updateCount ? "bubble" : "bubble-plus"),
    updateCount ? element("span", { class: "count" }, updateCount) : null,
  );
}

/**
 * A cell of a row, or a field of an item's card.
 *
 * @param {Column} column
 * @param {{token: () => string, refresh: () => void}} board
 * @param {(value: unknown) => void} save
 * @param {string} [tag] of the element around it
 * @returns {{root: HTMLElement, draw: (item: Item, state: GridState, highlight: boolean) => void}}
 */
export function cell(column, board, save, tag = "td") {
  const kind = cellKind(column.type);
  /** @type {import("./cells/kind.js").CellContext | undefined} */
  let context;
  const face = kind.edit
    ? element("button", { type: "button", onclick: () => context && kind.edit?.(face, context) })
    : element("span", {});
  face.className = `cell of-${column.type}`;
  face.setAttribute("data-cell", "");
  face.setAttribute("tabindex", "-1");
  const root = element(tag, { class: "box", "data-column": column.id }, face);
  let content = "";
  let look = "";
  return {
    root,
    draw: (item, state, highlight) => {
      const value = item.values.get(column.id);
      const { users, zone, now } = state;
      context = { column, item, value, users, zone, now, save, token: board.token(), refresh: board.refresh };
      const nextContent = JSON.stringify(value ?? null);
      const nextLook = `${nextContent} ${state.zone} ${state.now.slice(0, 4)} ${state.users.length}`;
      if (nextLook === look) return;
      if (look && highlight && nextContent !== content) lightUp(root);
      content = nextContent;
      look = nextLook;
      const said = kind.describe(context);
      face.setAttribute("aria-label", `${column.title}: ${said || "empty"}`);
      fill(face, kind.view(context));
      drawAddress(root, kind.address?.(context) ?? null, said);
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {string | null} address
 * @param {string} said
 */
function drawAddress(root, address, said) {
  root.querySelector(".go-there")?.remove();
  if (!address) return;
  const attributes = {
    class: "go-there",
    href: address,
    target: "_blank",
    rel: "noopener noreferrer",
    "aria-label": `Open ${said}`,
    title: address,
  };
  root.appendChild(element("a", attributes, icon("move")));
}

/**
 * Let something light up for a second; the class is gone when it is over.
 *
 * @param {HTMLElement} part
 */
export function lightUp(part) {
  part.classList.remove("changed");
  // Reading a measure makes the browser notice that the class was away, so the animation starts anew.
  void part.offsetWidth;
  part.classList.add("changed");
  setTimeout(() => part.classList.remove("changed"), 1200);
}
