/**
 * What can be ordered of the weather. The sandbox's own door (`POST /sandbox/faults`) judges every order; what it
 * knows and these lists don't is shown by its name.
 */

/** @typedef {import("./inputs.js").Field} Field */
/** @typedef {{name: string, label: string, step?: string, max?: string}} Figure */

/** How much longer calls take: by kind, the two figures that say it. */
export const DISTRIBUTIONS = /** @type {Record<string, {label: string, figures: [string, string][]}>} */ ({
  fixed: { label: "all the same", figures: [["seconds", "Seconds"]] },
  uniform: {
    label: "anything between",
    figures: [
      ["from", "From (s)"],
      ["to", "To (s)"],
    ],
  },
  lognormal: {
    label: "mostly short, some long",
    figures: [
      ["p50", "Half take (s)"],
      ["p99", "One in 100 takes (s)"],
    ],
  },
});

/** @type {Figure[]} */
export const WEBHOOK_FIGURES = [
  { name: "duplicate", label: "Extra copies of each", step: "1", max: "20" },
  { name: "delay_seconds", label: "Late by (s)" },
  { name: "shuffle_seconds", label: "Out of order, within (s)" },
  { name: "drop", label: "Share never delivered, 0 to 1", max: "1" },
  { name: "retried", label: "Share that says isRetry, 0 to 1", max: "1" },
];

/** Errors of whole calls: what the list says, and what befalls a call. */
export const ERROR_KINDS = /** @type {Record<string, [string, string]>} */ ({
  complexity: ["Complexity used up (429)", "refused for complexity"],
  complexity_legacy: ["Complexity used up, form of 2024 (429)", "refused for complexity in the form of 2024"],
  too_complex: ["One request too complex (429)", "refused because one request asks for too much"],
  minute: ["Too many calls in a minute (429)", "refused for the calls of the minute"],
  concurrency: ["Too many calls at once (429)", "refused for calls at once"],
  ip: ["Too many calls of an address (429)", "refused for the calls of the address"],
  daily: ["Calls of the day used up (429)", "refused for the calls of the day"],
  locked: ["Board locked (423)", "refused because the board is locked"],
  blocked: ["API blocked for a while (200)", "told that the API is blocked for a while"],
  unauthorized: ["Token not accepted (401)", "refused as unauthorized"],
  ip_restricted: ["Address not allowed (401)", "refused because the address isn't allowed"],
  access_denied: ["Access denied (403)", "refused with access denied"],
  internal_500: ["Internal error (500)", "answered with an internal error (500)"],
  internal_200: ["Internal error in a 200", "answered with an internal error in a 200"],
  bad_gateway: ["Bad gateway, HTML (502)", "answered with a page of HTML (502)"],
  unavailable: ["Unavailable, HTML (503)", "answered with a page of HTML (503)"],
  gateway_timeout: ["Gateway timeout, HTML (504)", "answered with a page of HTML (504)"],
  timeout_before: ["No answer, nothing done", "not answered, and nothing is done"],
  timeout_after: ["No answer, all done", "not answered, though all is done"],
});

const FIELD_CODES = [
  ...["INTERNAL_SERVER_ERROR", "USER_UNAUTHORIZED", "missingRequiredPermissions"],
  ...["UNAUTHORIZED_FIELD_OR_TYPE", "ResourceNotFoundException", "InvalidItemIdException"],
  ...["InvalidBoardIdException", "InvalidColumnIdException", "InvalidUserIdException"],
  ...["InvalidArgumentException", "InvalidColumnTypeException", "ColumnValueException"],
  ...["CorrectedValueException", "ItemNameTooLongException", "ItemsLimitationException"],
  ...["CreateBoardException", "DeleteLastGroupException", "RecordInvalidException"],
  ...["FIELD_LIMIT_EXCEEDED", "FIELD_MINUTE_RATE_LIMIT_EXCEEDED"],
];

/** What somebody of an account does under the app: what the list says, and how it is told. */
export const ACTS = /** @type {Record<string, [string, string]>} */ ({
  delete_board: ["Delete a board", "board BOARD is deleted"],
  archive_board: ["Archive a board", "board BOARD is archived"],
  delete_column: ["Delete a column", "column COLUMN of board BOARD is deleted"],
  revoke_tokens: ["Remove the app: its tokens end", "the app's tokens end"],
});

/** @param {Record<string, string[]>} kinds @returns {[string, string][]} */
const namesOf = (kinds) => Object.entries(kinds).map(([name, [label]]) => [name, label]);

/** @type {Field[]} */
const TURNS = [
  { name: "turns", label: "", as: "turns" },
  { name: "after", label: "After the first", as: "number" },
  { name: "retry_in_seconds", label: "Try again in (s)", as: "number" },
];
/** @type {Field} */
const OPERATION = { name: "operation", label: "Only documents with", as: "text", placeholder: "all calls" };
/** @type {Field} */
const DONE = { name: "done", label: "All was done", as: "flag" };

export const ERRORS = {
  name: "Error",
  add: "Let calls go wrong",
  first: { kind: "complexity", times: 1 },
  fields: /** @type {Field[]} */ ([
    { name: "kind", label: "What happens", as: "choice", options: namesOf(ERROR_KINDS) },
    ...TURNS,
    OPERATION,
    DONE,
  ]),
};

export const PARTIAL = {
  name: "Partial error",
  add: "Let single fields of a document go wrong",
  first: { code: FIELD_CODES[0], times: 1 },
  fields: /** @type {Field[]} */ ([
    { name: "code", label: "Code", as: "choice", options: FIELD_CODES.map((code) => [code, code]) },
    {
      name: "names",
      label: "Fields, by alias or name",
      as: "list",
      required: true,
      placeholder: "create_item, a1",
    },
    ...TURNS,
    DONE,
  ]),
};

export const DEEDS = {
  name: "Act",
  add: "Let somebody of the account do something",
  first: { do: "delete_column" },
  fields: /** @type {Field[]} */ ([
    { name: "do", label: "What an admin does", as: "choice", options: namesOf(ACTS) },
    { name: "board", label: "Board id", as: "text", suggestions: "known-boards" },
    { name: "column", label: "Column id", as: "text" },
    { name: "at_call", label: "At call number", as: "number" },
    OPERATION,
  ]),
};

/** Weather that is asked for often: its name and the orders. */
export const PRESETS = /** @type {[string, object][]} */ ([
  ["Complexity used up", { api: { errors: [{ kind: "complexity", times: 3, retry_in_seconds: 5 }] } }],
  ["Slow calls", { api: { latency: { distribution: "lognormal", p50: 0.4, p99: 6 } } }],
  ["Done, but not answered", { api: { errors: [{ kind: "timeout_after", times: 1 }] } }],
  ["Bad gateways", { api: { errors: [{ kind: "bad_gateway", probability: 0.2 }] } }],
  ["Webhooks doubled, out of order", { webhooks: { duplicate: 1, shuffle_seconds: 2 } }],
  ["Webhooks lost", { webhooks: { drop: 0.25 } }],
]);
