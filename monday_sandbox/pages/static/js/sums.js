/**
 * The line under a group: what its columns amount to.
 */

import { statusLabels } from "./board_data.js";
import { EMPTY_COLOUR } from "./colours.js";
import { element, withProperty } from "./dom.js";

/** @typedef {import("./board_data.js").Column} Column */
/** @typedef {import("./board_data.js").Item} Item */

/**
 * What a column of a group amounts to: the share of each label, or the sum of the numbers.
 *
 * @param {Column} column
 * @param {Item[]} items
 * @returns {Node | null}
 */
export function sumUp(column, items) {
  if (!items.length) return null;
  if (column.type === "status") return battery(column, items);
  if (column.type !== "numbers") return null;
  const sum = items.reduce((total, item) => total + (Number(item.values.get(column.id)?.text) || 0), 0);
  return element(
    "span",
    { class: "number-sum" },
    String(Math.round(sum * 1e6) / 1e6),
    element("small", {}, "sum"),
  );
}

/**
 * @param {Column} column
 * @param {Item[]} items
 */
function battery(column, items) {
  const labels = statusLabels(column);
  /** @type {Map<string, {text: string, colour: string, count: number}>} */
  const shares = new Map();
  for (const item of items) {
    const value = item.values.get(column.id);
    const index = value?.index ?? value?.value?.index ?? null;
    const label = labels.find((known) => index !== null && known.id === Number(index));
    const key = String(index);
    const share = shares.get(key) ?? {
      text: value?.label ?? "No label",
      colour: value?.label_style?.color ?? label?.colour ?? EMPTY_COLOUR,
      count: 0,
    };
    share.count += 1;
    shares.set(key, share);
  }
  const ordered = [...shares.values()].sort((one, other) => other.count - one.count);
  return element(
    "span",
    {
      class: "battery",
      role: "img",
      "aria-label": ordered.map((share) => `${share.text} ${share.count}`).join(", "),
    },
    ordered.map((share) => {
      const part = element("span", { title: `${share.text} ${share.count}/${items.length}` });
      part.style.flexGrow = String(share.count);
      return withProperty(part, "--label", share.colour);
    }),
  );
}
