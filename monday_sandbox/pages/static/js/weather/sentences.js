/**
 * What is ordered, in sentences.
 */

import { ACTS, ERROR_KINDS } from "./kinds.js";

const KNOWN = ["account", "seed", "api", "webhooks", "acts"];

/**
 * @param {any} order as `GET /sandbox/faults` tells it
 * @returns {string[]}
 */
export function sentencesOf(order) {
  const { api = {}, webhooks = {}, acts = [] } = order;
  const said = [
    sayLatency(api.latency ?? { distribution: "fixed", seconds: api.latency_seconds }),
    ...(api.errors ?? []).map(sayError),
    ...(api.partial ?? []).map(sayPartial),
    ...sayOthers(api, ["latency", "latency_seconds", "errors", "partial"]),
    ...sayWebhooks(webhooks),
    ...acts.map(sayAct),
    ...sayOthers(order, KNOWN),
  ].filter(Boolean);
  return said.length ? said.map(asSentence) : ["Fair weather."];
}

/** @param {any} latency */
function sayLatency({ distribution, ...figures }) {
  if (distribution === "fixed") return figures.seconds ? `each call takes ${figures.seconds} s longer` : "";
  if (distribution === "uniform") return `calls take ${figures.from} to ${figures.to} s longer`;
  if (distribution === "lognormal")
    return `half of the calls take ${figures.p50} s longer or less, one in a hundred more than ${figures.p99} s`;
  return `calls take longer: ${distribution} ${JSON.stringify(figures)}`;
}

/** @param {any} error */
function sayError(error) {
  const [, befalls] = ERROR_KINDS[error.kind] ?? ["", `hit by “${error.kind}”`];
  const such = error.operation ? ` with “${error.operation}”` : "";
  return `${sayTurns(error, `call${such}`, `calls${such}`)} ${befalls}${sayWhen(error)}`;
}

/** @param {any} error */
function sayPartial(error) {
  const names = error.names.map((/** @type {string} */ name) => `“${name}”`).join(" or ");
  const hit = sayTurns(error, `field ${names}`, `fields ${names}`);
  return `${hit} refused with ${error.code ?? "INTERNAL_SERVER_ERROR"}${sayWhen(error)}; the rest of the answer stands`;
}

/**
 * @param {any} error
 * @param {string} one
 * @param {string} many
 */
function sayTurns({ times, probability }, one, many) {
  if (times === null || times === undefined) return `${percent(probability ?? 0)} of the ${many} are`;
  return times === 1 ? `the next ${one} is` : `the next ${times} ${many} are`;
}

/** @param {any} error */
function sayWhen({ after, done, retry_in_seconds: wait }) {
  return [
    done ? ", though all is done" : "",
    wait ? `, to be tried again in ${wait} s` : "",
    after ? `, after ${after} that go well` : "",
  ].join("");
}

/** @param {any} webhooks */
function sayWebhooks({
  duplicate,
  shuffle_seconds: shuffle,
  delay_seconds: delay,
  drop,
  retried,
  ...others
}) {
  return [
    duplicate ? `each webhook is delivered ${duplicate + 1} times` : "",
    delay ? `webhooks come ${delay} s late` : "",
    shuffle ? `webhooks come out of order, within ${shuffle} s` : "",
    drop ? `${percent(drop)} of the webhooks never come` : "",
    retried ? `${percent(retried)} of the webhooks say isRetry at the first try` : "",
    ...sayOthers(others, []),
  ];
}

/** @param {any} act */
function sayAct(act) {
  const [, told] = ACTS[act.do] ?? ["", String(act.do)];
  const what = told.replace("BOARD", act.board ?? "").replace("COLUMN", act.column ?? "");
  const such = act.operation ? ` with “${act.operation}”` : "";
  return act.at_call ? `${what} under call number ${act.at_call}${such}` : `${what} at once`;
}

/**
 * @param {Record<string, unknown>} part
 * @param {string[]} known
 */
function sayOthers(part, known) {
  return Object.entries(part)
    .filter(([name, value]) => !known.includes(name) && value)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${JSON.stringify(value)}`);
}

/** @param {number} share */
function percent(share) {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** @param {string} text */
function asSentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
