/**
 * The page that orders the weather, and tells what is ordered.
 */

import { askSandbox, postJson } from "../api.js";
import { element, fill, icon } from "../dom.js";
import { listen } from "../live.js";
import { allAccounts, loadAccounts } from "../session.js";
import { orShowError, showNotice } from "../toast.js";
import { topBar } from "../top_bar.js";
import { weatherForm } from "./form.js";
import { PRESETS } from "./kinds.js";
import { sentencesOf } from "./sentences.js";

const DOOR = "/sandbox/faults";
const NOTICE_MS = 3000;
const host = /** @type {HTMLElement} */ (document.getElementById("weather"));
const bar = topBar(() => undefined);
const inForce = element("section", { class: "card", "aria-label": "In force", "aria-live": "polite" });
const form = weatherForm(async (order) => {
  if (await takeOver(() => postJson(DOOR, order)))
    showNotice("The weather is ordered.", "success", NOTICE_MS);
});

/**
 * Ask the door, and show the orders it answers with.
 *
 * @param {() => Promise<any>} ask
 * @returns {Promise<boolean>} whether it was done
 */
async function takeOver(ask) {
  const answer = await orShowError(ask);
  if (answer) drawOrders(answer.orders);
  return Boolean(answer);
}

/** @param {any[]} orders */
function drawOrders(orders) {
  const hasAny = orders.length > 0;
  fill(
    inForce,
    element("h2", {}, "In force"),
    hasAny
      ? orders.map(orderEntry)
      : element("p", { class: "hint" }, "Fair weather everywhere: nothing goes wrong by order."),
    hasAny
      ? element(
          "button",
          {
            type: "button",
            class: "quiet-button danger",
            onclick: () => takeOver(() => askSandbox(DOOR, { method: "DELETE" })),
          },
          icon("trash"),
          "Clear all",
        )
      : null,
  );
}

/** @param {any} order */
function orderEntry(order) {
  const account = allAccounts().find((known) => known.slug === order.account);
  return element(
    "article",
    { class: "order" },
    element("h3", {}, account ? `${account.name} (${account.slug})` : "All accounts"),
    element(
      "ul",
      {},
      sentencesOf(order).map((sentence) => element("li", {}, sentence)),
    ),
    element(
      "p",
      { class: "order-actions" },
      order.seed ? element("span", { class: "hint" }, `Seed ${order.seed}`) : null,
      element(
        "button",
        { type: "button", class: "quiet-button", onclick: () => form.show(order, allAccounts()) },
        icon("pencil"),
        "Change",
      ),
      element(
        "button",
        {
          type: "button",
          class: "quiet-button",
          onclick: () => takeOver(() => postJson(DOOR, { account: order.account ?? null })),
        },
        icon("sun"),
        "Fair weather here",
      ),
    ),
  );
}

/** @param {string} name @param {object} order */
function presetButton(name, order) {
  const onclick = () => {
    const { account, seed } = form.read();
    form.show({ account, seed, ...order }, allAccounts());
  };
  return element("button", { type: "button", class: "step-button", onclick }, name);
}

async function refresh() {
  await orShowError(loadAccounts);
  await takeOver(() => askSandbox(DOOR));
}

await refresh();
host.setAttribute("aria-busy", "false");
form.show({}, allAccounts());
fill(
  host,
  element(
    "section",
    { class: "home-head" },
    element(
      "div",
      {},
      element("h1", {}, "Weather"),
      element(
        "p",
        {},
        "Nothing is wrong unless it is ordered. An order for an account takes the place of the one for all.",
      ),
    ),
    element(
      "div",
      { class: "presets", role: "group", "aria-label": "Fill in" },
      PRESETS.map(([name, order]) => presetButton(name, order)),
    ),
  ),
  element("div", { class: "weather-columns" }, form.root, inForce),
);
await listen({ onLog: bar.hearLog, onState: bar.showState, onReturn: refresh });
