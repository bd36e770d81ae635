/**
 * The form that orders weather: fields by what can be ordered, and a line for each error.
 */

import { element, fill, icon, iconButton } from "../dom.js";
import { CALL_FIGURES, ERROR_KINDS, WEBHOOK_FIGURES } from "./kinds.js";

/** @typedef {import("./kinds.js").Figure} Figure */

/**
 * @param {(order: any) => Promise<void>} send
 * @returns {{root: HTMLElement, read: () => any, show: (order: any, slugs: {slug: string, name: string}[]) => void}}
 */
export function weatherForm(send) {
  const account = /** @type {HTMLSelectElement} */ (element("select", { name: "account" }));
  const seed = numberInput({ step: "1" }, "seed");
  const calls = figureFields(CALL_FIGURES);
  const webhooks = figureFields(WEBHOOK_FIGURES);
  const errors = element("div", { class: "error-lines" });
  const nothing = element("p", { class: "hint" }, "No call goes wrong.");
  const add = () => {
    const line = errorLine({ kind: "complexity", times: 1 }, () => count());
    errors.append(line);
    count();
    line.querySelector("select")?.focus();
  };
  const count = () => {
    nothing.hidden = errors.childElementCount > 0;
  };
  const read = () => ({
    account: account.value || null,
    seed: seed.value === "" ? 0 : Number(seed.value),
    api: {
      ...calls.read(),
      ...(errors.childElementCount ? { errors: [...errors.children].map(readError) } : {}),
    },
    webhooks: webhooks.read(),
  });
  const root = element(
    "form",
    {
      class: "card weather-form",
      "aria-label": "Order weather",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        send(read());
      },
    },
    element(
      "div",
      { class: "field-row" },
      labelled("Over", account),
      labelled("Seed of chance", seed, "The same seed has the same storm for the same calls."),
    ),
    element(
      "fieldset",
      {},
      element("legend", {}, "Calls of the API"),
      calls.root,
      nothing,
      errors,
      element(
        "button",
        { type: "button", class: "quiet-button", onclick: add },
        icon("plus"),
        "Let calls go wrong",
      ),
    ),
    element("fieldset", {}, element("legend", {}, "Webhooks"), webhooks.root),
    element(
      "div",
      { class: "dialog-actions" },
      element("button", { type: "submit", class: "primary-button" }, "Order this weather"),
    ),
  );
  return {
    root,
    read,
    show: (order, accounts) => {
      fill(
        account,
        element("option", { value: "" }, "all accounts"),
        accounts.map(({ slug, name }) => element("option", { value: slug }, `${name} (${slug})`)),
      );
      account.value = order.account ?? "";
      seed.value = order.seed ? String(order.seed) : "";
      calls.show(order.api ?? {});
      webhooks.show(order.webhooks ?? {});
      fill(
        errors,
        (order.api?.errors ?? []).map((/** @type {any} */ error) => errorLine(error, count)),
      );
      count();
    },
  };
}

/** @param {Figure[]} figures */
function figureFields(figures) {
  const inputs = figures.map((figure) => numberInput(figure, figure.name));
  return {
    root: element(
      "div",
      { class: "figures" },
      figures.map((figure, index) =>
        labelled(figure.unit ? `${figure.label} (${figure.unit})` : figure.label, inputs[index]),
      ),
    ),
    /** What is asked for; what is zero or empty is left out. */
    read: () =>
      Object.fromEntries(
        inputs.filter((input) => Number(input.value)).map((input) => [input.name, Number(input.value)]),
      ),
    /** @param {Record<string, any>} part */
    show: (part) => {
      for (const input of inputs) input.value = part[input.name] ? String(part[input.name]) : "";
    },
  };
}

/**
 * One error: its kind, how often, after how long to try again, which calls.
 *
 * @param {any} error
 * @param {() => void} onGone
 */
function errorLine(error, onGone) {
  const known = Object.entries(ERROR_KINDS).map(([kind, { label }]) => [kind, label]);
  if (!ERROR_KINDS[error.kind]) known.push([error.kind, error.kind]);
  const kind = select("kind", known, error.kind);
  const isByChance = error.times === null || error.times === undefined;
  const how = select(
    "how",
    [
      ["times", "the next … calls"],
      ["probability", "each, by chance of 0 to 1"],
    ],
    isByChance ? "probability" : "times",
  );
  const often = numberInput({ step: "any" }, "often");
  often.required = true;
  often.value = String(error.times ?? error.probability ?? 1);
  const wait = numberInput({ step: "any" }, "retry_in_seconds");
  wait.value = error.retry_in_seconds ? String(error.retry_in_seconds) : "";
  const operation = /** @type {HTMLInputElement} */ (
    element("input", { name: "operation", placeholder: "all calls", autocomplete: "off" })
  );
  operation.value = error.operation ?? "";
  const line = element(
    "div",
    { class: "error-line", role: "group", "aria-label": "Error" },
    labelled("What happens", kind),
    labelled("To which calls", how),
    labelled("How many, or chance", often),
    labelled("Try again in (s)", wait),
    labelled("Only documents with", operation),
    iconButton("trash", "Remove this error", { onclick: () => (line.remove(), onGone()) }),
  );
  return line;
}

/** @param {Element} line */
function readError(line) {
  const value = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | null} */ (line.querySelector(`[name=${name}]`))?.value ?? "";
  return {
    kind: value("kind"),
    [value("how")]: Number(value("often")),
    ...(value("retry_in_seconds") ? { retry_in_seconds: Number(value("retry_in_seconds")) } : {}),
    ...(value("operation") ? { operation: value("operation") } : {}),
  };
}

/**
 * @param {{step: string, max?: string}} figure
 * @param {string} name
 */
function numberInput({ step, max }, name) {
  return /** @type {HTMLInputElement} */ (
    element("input", { type: "number", name, min: "0", max, step, placeholder: "0", inputmode: "decimal" })
  );
}

/**
 * @param {string} name
 * @param {string[][]} options value and text
 * @param {string} chosen
 */
function select(name, options, chosen) {
  return element(
    "select",
    { name },
    options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)),
  );
}

/**
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [title]
 */
function labelled(label, control, title) {
  // The label's own text would take the options in.
  control.setAttribute("aria-label", label);
  return element("label", { class: "form-field", title }, element("span", {}, label), control);
}
