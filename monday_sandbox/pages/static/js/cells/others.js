/**
 * Column types that read in a word or a mark of their own; all others read as monday.com's text.
 */

import { element, withProperty } from "../dom.js";
import { openPopover } from "../popover.js";
import { editInPlace } from "../in_place.js";
import { showMoment } from "../moments.js";
import { avatar } from "../people.js";
import { textOf, textView } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */
/** @typedef {import("./kind.js").CellKind} CellKind */

const STARS = 5;

/** @param {CellContext} context */
function ratingOf({ value }) {
  return Number(value?.rating ?? value?.value?.rating ?? 0);
}

/** @param {number} count */
function stars(count) {
  return element(
    "span",
    { class: "stars" },
    Array.from({ length: STARS }, (_, at) =>
      element("span", { class: at < count ? "star lit" : "star" }, "★"),
    ),
  );
}

/** @type {CellKind} */
export const rating = {
  width: 110,
  describe: (context) => (ratingOf(context) ? `${ratingOf(context)} of ${STARS}` : ""),
  view: (context) => stars(ratingOf(context)),
  edit: (anchor, context) =>
    openPopover(anchor, context.column.title, (close) =>
      [0, 1, 2, 3, 4, 5].map((count) =>
        element(
          "button",
          {
            type: "button",
            class: "choice",
            role: "radio",
            "aria-checked": String(count === ratingOf(context)),
            "aria-label": count ? `${count} of ${STARS}` : "No rating",
            "data-choice": true,
            onclick: () => {
              close();
              context.save(count ? { rating: count } : null);
            },
          },
          count ? stars(count) : "No rating",
        ),
      ),
    ),
};

/** @type {CellKind} */
export const hour = {
  width: 90,
  describe: textOf,
  view: (context) => textView(textOf(context)),
  edit: (anchor, context) =>
    editInPlace(anchor, {
      value: clockTime(context),
      label: context.column.title,
      type: "time",
      save: (typed) => {
        const [hours, minutes] = typed.split(":").map(Number);
        context.save(typed ? { hour: hours, minute: minutes } : null);
      },
    }),
};

/** @param {CellContext} context */
function clockTime({ value }) {
  const { hour: hours, minute: minutes } = value?.value ?? {};
  if (hours === undefined || hours === null) return "";
  return `${String(hours).padStart(2, "0")}:${String(minutes ?? 0).padStart(2, "0")}`;
}

/** @type {CellKind} */
export const colour = {
  width: 90,
  describe: ({ value }) => value?.color ?? value?.text ?? "",
  view: (context) => {
    const said = colour.describe(context);
    return said ? withProperty(element("span", { class: "swatch", title: said }), "--label", said) : null;
  },
};

/** @type {CellKind} */
export const tags = {
  width: 140,
  describe: (context) => tagNames(context).join(", "),
  view: (context) =>
    element(
      "span",
      { class: "cell-tags" },
      tagNames(context).map((name) => element("span", { class: "tag" }, `#${name}`)),
    ),
};

/**
 * @param {CellContext} context
 * @returns {string[]}
 */
function tagNames({ value }) {
  /** @type {{name: string}[] | undefined} */
  const found = value?.tags;
  return found ? found.map(({ name }) => name) : (value?.text ?? "").split(", ").filter(Boolean);
}

/** @type {CellKind} */
export const vote = {
  width: 90,
  describe: ({ value }) => (value?.vote_count ? `${value.vote_count} votes` : ""),
  view: (context) => textView(vote.describe(context), "quiet"),
};

/** @type {CellKind} */
export const button = {
  width: 120,
  describe: (context) => context.value?.label || context.column.settings?.label || context.column.title,
  view: (context) => element("span", { class: "button-face" }, button.describe(context)),
};

/** When an item was made or changed, and by whom. @type {CellKind} */
export const logged = {
  width: 190,
  describe: (context) => {
    const { at, name } = moment(context);
    return at ? [showMoment(at, context.zone), name].filter(Boolean).join(", ") : textOf(context);
  },
  view: (context) => {
    const { at, id, name } = moment(context);
    if (!at) return textView(textOf(context), "quiet");
    const face = name ? avatar({ id, name }, "small") : null;
    return element("span", { class: "people" }, face, textView(showMoment(at, context.zone), "quiet"));
  },
};

/** @param {CellContext} context */
function moment({ value, users }) {
  const {
    created_at: made,
    updated_at: changed,
    creator_id: maker,
    updater_id: changer,
  } = value?.value ?? {};
  const id = String(maker ?? changer ?? "");
  return { at: made ?? changed, id, name: users.find((user) => String(user.id) === id)?.name };
}

/** @type {CellKind} */
export const timeTracking = {
  width: 110,
  describe: ({ value }) => {
    const seconds = Number(value?.duration ?? value?.value?.duration ?? 0);
    const rest = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    const time = rest.map((part) => String(part).padStart(2, "0")).join(":");
    if (value?.running) return `${time}, running`;
    return seconds ? time : "";
  },
  view: (context) => textView(timeTracking.describe(context)),
};
