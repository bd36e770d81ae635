/**
 * The two doors of the sandbox: monday.com's API at `/v2`, as the acting user, and the control at `/sandbox/…`.
 */

/** An answer of monday.com that says no, in monday.com's words. */
export class MondayError extends Error {
  /**
   * @param {string} message
   * @param {string} [code] as `extensions.code`
   */
  constructor(message, code) {
    super(message);
    this.name = "MondayError";
    this.code = code;
  }
}

/**
 * Run a document at `/v2`.
 *
 * @param {string} token API token of the acting user
 * @param {string} query the document
 * @param {Record<string, unknown>} [variables]
 * @returns {Promise<any>} `data`
 * @throws {MondayError} when monday.com answers with an error, also beside partial data
 */
export async function callMonday(token, query, variables = {}) {
  const response = await reach("/v2", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: token,
      "API-Version": "2026-10",
      // What a person clicks here is no load on the budgets of the app under development.
      "X-Sandbox-Page": "1",
    },
    body: JSON.stringify({ query, variables }),
  });
  return readAnswer(response);
}

/**
 * Send a file with a document at `/v2/file`.
 *
 * @param {string} token API token of the acting user
 * @param {string} query a mutation whose one variable is `$file: File!`
 * @param {File} file
 * @returns {Promise<any>} `data`
 * @throws {MondayError} when monday.com answers with an error
 */
export async function uploadFile(token, query, file) {
  const form = new FormData();
  form.append("query", query);
  form.append("map", JSON.stringify({ file: ["variables.file"] }));
  form.append("file", file, file.name);
  const headers = { Authorization: token, "API-Version": "2026-10", "X-Sandbox-Page": "1" };
  return readAnswer(await reach("/v2/file", { method: "POST", headers, body: form }));
}

/**
 * @param {Response} response
 * @returns {Promise<any>} `data`
 */
async function readAnswer(response) {
  const answer = await response.json().catch(() => null);
  const first = answer?.errors?.[0];
  if (first) throw new MondayError(describe(first), first.extensions?.code ?? first.extensions?.error_code);
  if (answer?.error_message) throw new MondayError(answer.error_message, answer.error_code);
  if (!response.ok || !answer?.data)
    throw new MondayError(`monday.com answered ${response.status} without data.`);
  return answer.data;
}

/**
 * @param {{message?: string, extensions?: {retry_in_seconds?: number}}} error
 * @returns {string}
 */
function describe(error) {
  const wait = error.extensions?.retry_in_seconds;
  return `${error.message ?? "monday.com gave no reason."}${wait ? ` (try again in ${wait} s)` : ""}`;
}

/**
 * @typedef {{id: string, name: string, email: string, kind: string, title: string, status?: string,
 *   api_token: string}} User
 * @typedef {{id: string, name: string, workspace_id: string | null, kind: string, state: string}} BoardSummary
 * @typedef {{id: string, name: string}} Workspace
 * @typedef {{id: string, slug: string, name: string, plan: string,
 *   time_zone: string, users: User[], workspaces: Workspace[],
 *   boards: BoardSummary[]}} Account
 */

/**
 * @returns {Promise<Account[]>}
 */
export async function fetchAccounts() {
  return (await askSandbox("/sandbox/accounts")).accounts;
}

/**
 * The sandbox's clock.
 *
 * @returns {Promise<{now: string, offset_seconds: number}>}
 */
export function fetchClock() {
  return askSandbox("/sandbox/clock");
}

/**
 * Move the sandbox's clock forward.
 *
 * @param {string} length such as `90m`, `3h`, `1d`
 * @returns {Promise<{now: string, offset_seconds: number}>}
 */
export function advanceClock(length) {
  return postJson("/sandbox/clock", { advance: length });
}

/**
 * API calls and webhook deliveries.
 *
 * @param {{after?: string | number, kind?: string, limit?: number}} [choice]
 * @returns {Promise<import("./feed_entry.js").Entry[]>}
 */
export async function fetchLog(choice = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(choice))
    if (value !== undefined && value !== "") asked.set(name, String(value));
  return (await askSandbox(`/sandbox/log?${asked}`)).entries;
}

/**
 * A token by which a view's backend knows who looks at the view; each is a new one.
 *
 * @param {string} slug of the account
 * @param {string} userId
 * @returns {Promise<string>} a JWT
 */
export async function fetchSessionToken(slug, userId) {
  const answer = await postJson("/sandbox/session-token", { account: slug, user: String(userId) });
  return answer.token;
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export function postJson(path, body) {
  return askSandbox(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/**
 * Ask one of the sandbox's own doors.
 *
 * @param {string} path
 * @param {RequestInit} [request]
 * @returns {Promise<any>}
 */
export async function askSandbox(path, request) {
  const response = await reach(path, request);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new MondayError(
      answer.message ?? answer.error ?? `The sandbox answered ${response.status} to ${path}.`,
    );
  }
  return answer;
}

/**
 * @param {string} path
 * @param {RequestInit} [request]
 */
async function reach(path, request) {
  try {
    return await fetch(path, request);
  } catch {
    throw new MondayError("The sandbox can't be reached. Is it still running?");
  }
}
