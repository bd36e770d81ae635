/**
 * Controls of the form that orders weather, each with its name above.
 */

import { element, fill, iconButton } from "../dom.js";

/**
 * A field of a line.
 *
 * @typedef {Object} Field
 * @property {string} name of the order
 * @property {string} label
 * @property {"number" | "text" | "list" | "flag" | "choice" | "turns"} as `list`: texts with commas between them;
 *   `turns`: for so many, or each by chance
 * @property {[string, string][]} [options] of a choice: value and text
 * @property {boolean} [required]
 * @property {string} [placeholder]
 * @property {string} [suggestions] id of a list of them
 */

/**
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [title]
 * @returns {HTMLElement}
 */
export function labelled(label, control, title) {
  // The label's own text would take the options in.
  control.setAttribute("aria-label", label);
  return element("label", { class: "form-field", title }, element("span", {}, label), control);
}

/**
 * @param {{step?: string, max?: string, required?: boolean}} figure
 * @param {string} name
 * @returns {HTMLInputElement}
 */
export function numberInput({ step = "any", max, required }, name) {
  const attributes = { type: "number", name, min: "0", max, step, required, inputmode: "decimal" };
  return /** @type {HTMLInputElement} */ (
    element("input", { ...attributes, placeholder: required ? "" : "0" })
  );
}

/**
 * @param {string} name
 * @param {[string, string][]} options value and text
 * @param {string} chosen added to the options where it isn't one
 * @returns {HTMLSelectElement}
 */
export function select(name, options, chosen) {
  /** @type {[string, string][]} */
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
  return /** @type {HTMLSelectElement} */ (
    element(
      "select",
      { name },
      all.map(([value, text]) => element("option", { value, selected: value === chosen }, text)),
    )
  );
}

/**
 * A list of lines with the same fields, and a button that adds one.
 *
 * @param {{name: string, add: string, fields: Field[], first: Record<string, any>}} kind `first`: a new line's order
 */
export function lineList({ name, add, fields, first }) {
  const list = element("div", { class: "order-lines" });
  /** @param {Record<string, any>} order */
  const append = (order) => {
    const made = orderLine(name, fields, order);
    list.append(made);
    return made;
  };
  const root = element(
    "div",
    {},
    list,
    element(
      "button",
      {
        type: "button",
        class: "quiet-button",
        onclick: () => {
          const control = append(first).querySelector("select, input");
          if (control instanceof HTMLElement) control.focus();
        },
      },
      `+ ${add}`,
    ),
  );
  return {
    root,
    /** @returns {Record<string, any>[]} */
    read: () => [...list.children].map((line) => readLine(line, fields)),
    /** @param {Record<string, any>[]} orders */
    show: (orders) => {
      fill(list);
      for (const order of orders) append(order);
    },
  };
}

/**
 * @param {string} name
 * @param {Field[]} fields
 * @param {Record<string, any>} order
 */
function orderLine(name, fields, order) {
  const line = element(
    "div",
    { class: "order-line", role: "group", "aria-label": name },
    fields.flatMap((field) => fieldControls(field, order)),
    iconButton("trash", `Remove this ${name.toLowerCase()}`, { onclick: () => line.remove() }),
  );
  return line;
}

/**
 * @param {Field} field
 * @param {Record<string, any>} order
 * @returns {HTMLElement[]}
 */
function fieldControls(field, order) {
  const { name, label, as, options = [], required, placeholder, suggestions } = field;
  const value = order[name];
  if (as === "choice") return [labelled(label, select(name, options, String(value ?? options[0][0])))];
  if (as === "turns") return turns(order);
  if (as === "flag") {
    const box = element("input", { type: "checkbox", name, checked: Boolean(value) });
    return [element("label", { class: "order-flag" }, box, label)];
  }
  const control =
    as === "number"
      ? numberInput({ required }, name)
      : /** @type {HTMLInputElement} */ (
          element("input", { name, required, placeholder, list: suggestions, autocomplete: "off" })
        );
  control.value = Array.isArray(value) ? value.join(", ") : String(value || "");
  return [labelled(label, control)];
}

/** @param {Record<string, any>} order */
function turns(order) {
  const isByChance = order.times === null || order.times === undefined;
  const how = select(
    "how",
    [
      ["times", "the next …"],
      ["probability", "by chance"],
    ],
    isByChance ? "probability" : "times",
  );
  const often = numberInput({ required: true }, "often");
  often.value = String(order.times ?? order.probability ?? 1);
  return [labelled("Which", how), labelled("How many, or chance", often)];
}

/**
 * @param {Element} line
 * @param {Field[]} fields
 */
function readLine(line, fields) {
  /** @param {string} name */
  const control = (name) => /** @type {HTMLInputElement} */ (line.querySelector(`[name=${name}]`));
  /** @type {Record<string, any>} */
  const order = {};
  for (const { name, as } of fields) {
    if (as === "turns") order[control("how").value] = Number(control("often").value);
    else if (as === "flag") order[name] = control(name).checked || undefined;
    else if (as === "number") order[name] = Number(control(name).value) || undefined;
    else if (as === "list")
      order[name] = control(name)
        .value.split(",")
        .map((text) => text.trim());
    else order[name] = control(name).value.trim() || undefined;
  }
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
}
