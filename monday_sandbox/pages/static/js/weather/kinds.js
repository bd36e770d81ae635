/**
 * What can be ordered of the weather, and how it is said. The sandbox's own door (`POST /sandbox/faults`) judges
 * every order; what it knows and this list doesn't is shown by its name.
 */

/**
 * A number of an order.
 *
 * @typedef {{name: string, label: string, unit: string, step: string, max?: string,
 *   say: (value: number) => string}} Figure
 */

/** @param {number} share */
const percent = (share) => `${Number((share * 100).toFixed(2))} %`;

/** @type {Figure[]} */
export const CALL_FIGURES = [
  {
    name: "latency_seconds",
    label: "Each call takes longer by",
    unit: "s",
    step: "any",
    say: (value) => `each call takes ${value} s longer`,
  },
];

/** @type {Figure[]} */
export const WEBHOOK_FIGURES = [
  {
    name: "duplicate",
    label: "Extra copies of each delivery",
    unit: "",
    step: "1",
    max: "20",
    say: (value) => `each webhook is delivered ${value + 1} times`,
  },
  {
    name: "shuffle_seconds",
    label: "Out of order, within",
    unit: "s",
    step: "any",
    say: (value) => `webhooks come out of order, within ${value} s`,
  },
  {
    name: "delay_seconds",
    label: "Late by",
    unit: "s",
    step: "any",
    say: (value) => `webhooks come ${value} s late`,
  },
  {
    name: "drop",
    label: "Never delivered, a share of 0 to 1",
    unit: "",
    step: "any",
    max: "1",
    say: (value) => `${percent(value)} of the webhooks never come`,
  },
  {
    name: "retried",
    label: "Said to be a second try, a share of 0 to 1",
    unit: "",
    step: "any",
    max: "1",
    say: (value) => `${percent(value)} of the webhooks say they are a second try`,
  },
];

/** Kinds of errors: what the list says, and what befalls a call. */
export const ERROR_KINDS = /** @type {Record<string, {label: string, befalls: string}>} */ ({
  complexity: { label: "Complexity used up (429)", befalls: "refused for complexity" },
  minute: { label: "Too many calls in a minute (429)", befalls: "refused for the calls of the minute" },
  concurrency: { label: "Too many calls at once (429)", befalls: "refused for calls at once" },
  ip: { label: "Too many calls of an address (429)", befalls: "refused for the calls of their address" },
  daily: { label: "The day's calls used up (429)", befalls: "refused for the calls of the day" },
  complexity_legacy: { label: "Complexity, as in 2024 (429)", befalls: "refused for complexity, as in 2024" },
  too_complex: { label: "Too complex a request (429)", befalls: "refused for asking too much at once" },
  blocked: { label: "API blocked, in a 200", befalls: "answered that the API is blocked" },
  ip_restricted: { label: "Address not allowed (401)", befalls: "refused for their address" },
  access_denied: { label: "User has no access (403)", befalls: "refused because the user has no access" },
  locked: { label: "Board locked (423)", befalls: "refused because the board is locked" },
  unauthorized: { label: "Token not accepted (401)", befalls: "refused as unauthorized" },
  internal_500: { label: "Internal error (500)", befalls: "answered with an internal error (500)" },
  internal_200: { label: "Internal error in a 200", befalls: "answered with an internal error in a 200" },
  bad_gateway: { label: "Bad gateway, HTML (502)", befalls: "answered with a page of HTML (502)" },
  unavailable: { label: "Unavailable, HTML (503)", befalls: "answered with a page of HTML (503)" },
  gateway_timeout: { label: "Gateway timeout, HTML (504)", befalls: "answered with a page of HTML (504)" },
  timeout_before: { label: "No answer, nothing done", befalls: "not answered, and nothing is done" },
  timeout_after: { label: "No answer, all done", befalls: "not answered, though all is done" },
});

/** Weather that is asked for often: its name and the orders. */
export const PRESETS = /** @type {[string, object][]} */ ([
  ["Complexity used up", { api: { errors: [{ kind: "complexity", times: 3, retry_in_seconds: 5 }] } }],
  ["Slow calls", { api: { latency_seconds: 1.5 } }],
  ["Done, but not answered", { api: { errors: [{ kind: "timeout_after", times: 1 }] } }],
  ["Bad gateways", { api: { errors: [{ kind: "bad_gateway", probability: 0.2 }] } }],
  ["Webhooks doubled, out of order", { webhooks: { duplicate: 1, shuffle_seconds: 2 } }],
  ["Webhooks lost", { webhooks: { drop: 0.25 } }],
]);

/**
 * An order as sentences.
 *
 * @param {any} order as `GET /sandbox/faults` tells it
 * @returns {string[]}
 */
export function sentencesOf(order) {
  const said = [
    ...sayFigures(order.api ?? {}, CALL_FIGURES, "calls"),
    ...(order.api?.errors ?? []).map(sayError),
    ...sayFigures(order.webhooks ?? {}, WEBHOOK_FIGURES, "webhooks"),
    ...Object.entries(order)
      .filter(([name, value]) => !["account", "seed", "api", "webhooks"].includes(name) && value)
      .map(([name, value]) => sayUnknown(name, value)),
  ];
  return said.length ? said.map(asSentence) : ["Fair weather."];
}

/**
 * @param {Record<string, any>} part
 * @param {Figure[]} figures
 * @param {string} where
 */
function sayFigures(part, figures, where) {
  const known = figures.filter(({ name }) => typeof part[name] === "number" && part[name] > 0);
  const names = new Set([...figures.map(({ name }) => name), "errors"]);
  const unknown = Object.entries(part).filter(([name, value]) => !names.has(name) && value);
  return [
    ...known.map((figure) => figure.say(part[figure.name])),
    ...unknown.map(([name, value]) => `${where}: ${sayUnknown(name, value)}`),
  ];
}

/** @param {any} error */
function sayError(error) {
  const befalls = ERROR_KINDS[error.kind]?.befalls ?? `hit by “${error.kind}”`;
  const what = error.operation ? `calls with “${error.operation}”` : "calls";
  const one = error.operation ? `call with “${error.operation}”` : "call";
  const wait = error.retry_in_seconds ? `, to be tried again in ${error.retry_in_seconds} s` : "";
  if (error.times === null || error.times === undefined)
    return `${percent(error.probability ?? 0)} of the ${what} are ${befalls}${wait}`;
  return error.times === 1
    ? `the next ${one} is ${befalls}${wait}`
    : `the next ${error.times} ${what} are ${befalls}${wait}`;
}

/** @param {string} name @param {unknown} value */
function sayUnknown(name, value) {
  return `${name.replaceAll("_", " ")} ${typeof value === "object" ? JSON.stringify(value) : value}`;
}

/** @param {string} text */
function asSentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
