/**
 * The form that orders weather: by account and seed, for calls, webhooks and what an admin does.
 */

import { element, fill } from "../dom.js";
import { labelled, lineList, numberInput, select } from "./inputs.js";
import { DEEDS, DISTRIBUTIONS, ERRORS, PARTIAL, WEBHOOK_FIGURES } from "./kinds.js";

/** @typedef {import("../api.js").Account} Account */

/**
 * @param {(order: any) => Promise<void>} send
 * @returns {{root: HTMLElement, read: () => any, show: (order: any, accounts: Account[]) => void}}
 */
export function weatherForm(send) {
  const account = /** @type {HTMLSelectElement} */ (element("select", { name: "account" }));
  const seed = numberInput({ step: "1" }, "seed");
  const latency = latencyFields();
  const webhooks = WEBHOOK_FIGURES.map((figure) => numberInput(figure, figure.name));
  const [errors, partial, deeds] = [ERRORS, PARTIAL, DEEDS].map(lineList);
  const boards = element("datalist", { id: "known-boards" });
  const read = () => ({
    account: account.value || null,
    seed: Number(seed.value),
    api: withoutEmpty({ latency: latency.read(), errors: errors.read(), partial: partial.read() }),
    webhooks: withoutEmpty(Object.fromEntries(webhooks.map((input) => [input.name, Number(input.value)]))),
    ...withoutEmpty({ acts: deeds.read() }),
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
    boards,
    element(
      "div",
      { class: "field-row" },
      labelled("Over", account),
      labelled("Seed of chance", seed, "The same seed has the same storm for the same calls."),
    ),
    part("Calls of the API", latency.root, errors.root, partial.root),
    part(
      "Webhooks",
      element(
        "div",
        { class: "figures" },
        webhooks.map((input, index) => labelled(WEBHOOK_FIGURES[index].label, input)),
      ),
    ),
    part("In the account", deeds.root),
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
      fill(boards, accounts.flatMap(boardSuggestions));
      account.value = order.account ?? "";
      seed.value = order.seed ? String(order.seed) : "";
      latency.show(order.api ?? {});
      errors.show(order.api?.errors ?? []);
      partial.show(order.api?.partial ?? []);
      deeds.show(order.acts ?? []);
      for (const input of webhooks) {
        const value = order.webhooks?.[input.name];
        input.value = value ? String(value) : "";
      }
    },
  };
}

/**
 * @param {string} title
 * @param {...HTMLElement} content
 */
function part(title, ...content) {
  return element("fieldset", {}, element("legend", {}, title), content);
}

/** @param {Account} account */
function boardSuggestions({ name: accountName, boards }) {
  return boards
    .filter((board) => board.state === "active")
    .map((board) => element("option", { value: board.id }, `${board.name}, ${accountName}`));
}

/**
 * An order without what asks for nothing.
 *
 * @param {Record<string, any>} order
 */
function withoutEmpty(order) {
  return Object.fromEntries(
    Object.entries(order).filter(([, value]) => (Array.isArray(value) ? value.length : value)),
  );
}

/** How much longer calls take: a kind of distribution and its figures. */
function latencyFields() {
  const figures = element("div", { class: "figures" });
  const kind = select(
    "distribution",
    [
      ["", "as long as they take"],
      .../** @type {[string, string][]} */ (
        Object.entries(DISTRIBUTIONS).map(([name, { label }]) => [name, `longer: ${label}`])
      ),
    ],
    "",
  );
  /** @param {Record<string, number>} values */
  const draw = (values) =>
    fill(
      figures,
      (DISTRIBUTIONS[kind.value]?.figures ?? []).map(([name, label]) => {
        const input = numberInput({ required: true }, name);
        input.value = values[name] === undefined ? "" : String(values[name]);
        return labelled(label, input);
      }),
    );
  kind.addEventListener("change", () => draw({}));
  return {
    root: element("div", { class: "field-row halves" }, labelled("Calls take", kind), figures),
    read: () =>
      kind.value
        ? {
            distribution: kind.value,
            ...Object.fromEntries(
              [...figures.querySelectorAll("input")].map((input) => [input.name, Number(input.value)]),
            ),
          }
        : null,
    /** @param {any} api */
    show: (api) => {
      const fixed = api.latency_seconds ? { distribution: "fixed", seconds: api.latency_seconds } : null;
      const latency = api.latency ?? fixed;
      kind.value = latency?.distribution ?? "";
      draw(latency ?? {});
    },
  };
}
