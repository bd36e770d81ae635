/**
 * People: avatars; a list of the account's users to choose from, each choice written at once.
 */

import { element, fill, icon } from "../dom.js";
import { avatar } from "../people.js";
import { openPopover } from "../popover.js";
import { textView } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */
/** @typedef {{id: string, kind: string}} Assigned */

/** @type {import("./kind.js").CellKind} */
export const people = {
  width: 136,
  describe: (context) =>
    assigned(context)
      .map((one) => nameOf(context, one))
      .join(", "),
  view: (context) => {
    const shown = assigned(context);
    if (!shown.length) return element("span", { class: "nobody" }, icon("person"));
    const faces = element(
      "span",
      { class: "faces" },
      shown.slice(0, 3).map((one) => avatar({ id: one.id, name: nameOf(context, one) }, "small")),
      shown.length > 3 ? element("span", { class: "avatar small more" }, `+${shown.length - 3}`) : null,
    );
    const name = shown.length === 1 ? textView(nameOf(context, shown[0])) : null;
    return element("span", { class: "people" }, faces, name);
  },
  edit: (anchor, context) => {
    /** @type {Assigned[]} */
    let chosen = assigned(context);
    openPopover(
      anchor,
      `${context.column.title}: choose people`,
      () => {
        const search = /** @type {HTMLInputElement} */ (
          element("input", {
            type: "search",
            placeholder: "Search names",
            "aria-label": "Search names",
            autofocus: true,
          })
        );
        const list = element("div", { class: "choices" });
        const draw = () =>
          fill(
            list,
            matching(context, search.value).map((user) => option(user, isChosen(user), () => toggle(user))),
          );
        /** @param {{id: string | number}} user */
        const isChosen = (user) => chosen.some((one) => one.kind === "person" && one.id === String(user.id));
        /** @param {{id: string | number}} user */
        const toggle = (user) => {
          chosen = isChosen(user)
            ? chosen.filter((one) => one.kind !== "person" || one.id !== String(user.id))
            : [...chosen, { id: String(user.id), kind: "person" }];
          context.save(
            chosen.length
              ? { personsAndTeams: chosen.map((one) => ({ id: Number(one.id), kind: one.kind })) }
              : null,
          );
          draw();
          search.focus();
        };
        search.addEventListener("input", draw);
        search.addEventListener("keydown", (event) => {
          const [first] = matching(context, search.value);
          if (event.key === "Enter" && search.value && first) toggle(first);
        });
        draw();
        return [search, list];
      },
      "people-popover",
    );
  },
};

/**
 * @param {CellContext} context
 * @returns {Assigned[]}
 */
function assigned({ value }) {
  /** @type {{id: string | number, kind?: string}[]} */
  const raw = value?.persons_and_teams ?? value?.value?.personsAndTeams ?? [];
  return raw.map((one) => ({ id: String(one.id), kind: one.kind ?? "person" }));
}

/**
 * @param {CellContext} context
 * @param {Assigned} one
 */
function nameOf({ users }, one) {
  const user = one.kind === "person" ? users.find((known) => String(known.id) === one.id) : undefined;
  return user?.name ?? `${one.kind} ${one.id}`;
}

/**
 * @param {CellContext} context
 * @param {string} typed
 */
function matching({ users }, typed) {
  const wanted = typed.trim().toLowerCase();
  return users.filter((user) => `${user.name} ${user.email}`.toLowerCase().includes(wanted));
}

/**
 * @param {import("../api.js").User} user
 * @param {boolean} checked
 * @param {() => void} toggle
 */
function option(user, checked, toggle) {
  return element(
    "button",
    {
      type: "button",
      class: "choice",
      role: "checkbox",
      "aria-checked": String(checked),
      "data-choice": true,
      onclick: toggle,
    },
    avatar(user, "small"),
    element("span", { class: "choice-text" }, user.name),
    checked ? icon("check") : null,
  );
}
