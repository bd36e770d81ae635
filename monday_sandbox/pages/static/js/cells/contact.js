/**
 * Email, phone and link: something to read, and somewhere to go. Only web, mail and phone addresses are followed.
 */

import { element } from "../dom.js";
import { openPopover } from "../popover.js";
import { textView } from "./kind.js";

/** @typedef {import("./kind.js").CellContext} CellContext */
/** @typedef {{name: string, label: string, type: string, required?: boolean}} Field */

/** @type {import("./kind.js").CellKind} */
export const email = {
  width: 170,
  describe: ({ value }) => value?.value?.text || value?.value?.email || "",
  view: (context) => textView(email.describe(context), "linked"),
  address: ({ value }) => (value?.value?.email ? `mailto:${encodeURIComponent(value.value.email)}` : null),
  edit: (anchor, context) =>
    openForm(
      anchor,
      context,
      [
        { name: "email", label: "Email address", type: "email", required: true },
        { name: "text", label: "Text to show", type: "text" },
      ],
      (typed) => ({ email: typed.email, text: typed.text || typed.email }),
    ),
};

/** @type {import("./kind.js").CellKind} */
export const phone = {
  width: 140,
  describe: ({ value }) => value?.value?.phone ?? value?.text ?? "",
  view: (context) => textView(phone.describe(context), "linked"),
  address: ({ value }) =>
    value?.value?.phone ? `tel:${String(value.value.phone).replace(/[^+\d]/g, "")}` : null,
  edit: (anchor, context) =>
    openForm(
      anchor,
      context,
      [
        { name: "phone", label: "Phone number", type: "tel", required: true },
        { name: "countryShortName", label: "Country (two letters)", type: "text" },
      ],
      (typed) => ({ phone: typed.phone, countryShortName: typed.countryShortName.toUpperCase() }),
    ),
};

/** @type {import("./kind.js").CellKind} */
export const link = {
  width: 160,
  describe: ({ value }) => value?.value?.text || value?.value?.url || "",
  view: (context) => textView(link.describe(context), "linked"),
  address: ({ value }) => webAddress(value?.value?.url),
  edit: (anchor, context) =>
    openForm(
      anchor,
      context,
      [
        { name: "url", label: "Web address", type: "url", required: true },
        { name: "text", label: "Text to show", type: "text" },
      ],
      (typed) => ({ url: typed.url, text: typed.text || typed.url }),
    ),
};

/**
 * @param {unknown} address
 * @returns {string | null} the address if it is one of the web
 */
function webAddress(address) {
  return typeof address === "string" && /^https?:\/\//i.test(address) ? address : null;
}

/**
 * @param {HTMLElement} anchor
 * @param {CellContext} context
 * @param {Field[]} fields
 * @param {(typed: Record<string, string>) => unknown} toValue
 */
function openForm(anchor, context, fields, toValue) {
  openPopover(anchor, context.column.title, (close) => {
    /** @param {unknown} value */
    const finish = (value) => {
      close();
      context.save(value);
    };
    const inputs = fields.map((field) => fieldInput(field, context.value?.value?.[field.name] ?? ""));
    return element(
      "form",
      {
        class: "stacked-form",
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          finish(toValue(Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()]))));
        },
      },
      inputs.map((input, index) => element("label", {}, fields[index].label, input)),
      element(
        "div",
        { class: "popover-actions" },
        element("button", { type: "button", class: "quiet-button", onclick: () => finish(null) }, "Clear"),
        element("button", { type: "submit", class: "primary-button small" }, "Save"),
      ),
    );
  });
}

/**
 * @param {Field} field
 * @param {string} value
 * @returns {HTMLInputElement}
 */
function fieldInput(field, value) {
  const input = /** @type {HTMLInputElement} */ (
    element("input", { type: field.type, name: field.name, required: field.required, autocomplete: "off" })
  );
  input.value = value;
  return input;
}
