/**
 * What a view is told of where it stands: monday.com's `context`, by kind of view. Ids of accounts and users are
 * texts, all others numbers, as in the types of monday-sdk-js 0.5.9.
 */

/** @typedef {import("../api.js").Account} Account */
/** @typedef {import("../api.js").User} User */
/** @typedef {import("../api.js").BoardSummary} BoardSummary */

/**
 * Where a view stands.
 *
 * @typedef {Object} Place
 * @property {"board" | "item" | "dashboard" | "settings"} view
 * @property {Account} account
 * @property {User} user
 * @property {BoardSummary | undefined} board
 * @property {string} item id, empty when there is none
 * @property {string} theme `light`, `dark` or `black`
 * @property {string} language of the user
 */

/** What monday.com calls the instance of each kind of view, and where the sandbox begins to number them. */
const INSTANCES = {
  board: { type: "board_view", first: 118_000_000 },
  item: { type: "item_view", first: 218_000_000 },
  dashboard: { type: "dashboard_widget", first: 318_000_000 },
  settings: { type: "account_settings_view", first: 418_000_000 },
};

export const VIEWS = /** @type {Place["view"][]} */ (Object.keys(INSTANCES));

/**
 * The id of the view where it was added: of its board, or of the account.
 *
 * @param {Place} place
 * @returns {number}
 */
export function instanceId(place) {
  const { first } = INSTANCES[place.view];
  return place.view === "settings" ? first : first + (Number(place.board?.id ?? 0) % 1_000_000);
}

/**
 * @param {Place} place
 * @param {any} claims `dat` of a session token: which app, which version
 * @param {string[]} approvedScopes what the account agreed to
 * @param {string} now the sandbox's time, ISO 8601
 */
export function contextOf(place, claims, approvedScopes, now) {
  const instance = instanceId(place);
  const { type } = INSTANCES[place.view];
  const boardId = Number(place.board?.id);
  const base = {
    ...baseContext(place, claims, approvedScopes, now),
    instanceId: instance,
    instanceType: type,
  };
  const workspaceId = Number(place.board?.workspace_id ?? place.account.workspaces[0]?.id);
  switch (place.view) {
    case "board":
      return {
        ...base,
        boardId,
        boardIds: [boardId],
        boardViewId: instance,
        viewMode: "fullscreen",
        workspaceId,
      };
    case "item":
      return { ...base, boardId, boardIds: [boardId], itemId: Number(place.item), workspaceId };
    case "dashboard":
      return { ...base, boardIds: [boardId], widgetId: instance, viewMode: "widget", editMode: false };
    case "settings":
      return base;
  }
}

/**
 * @param {Place} place
 * @param {any} claims
 * @param {string[]} approvedScopes
 * @param {string} now
 */
function baseContext(place, claims, approvedScopes, now) {
  const { account, user } = place;
  return {
    theme: place.theme,
    account: { id: String(account.id) },
    user: {
      id: String(user.id),
      isAdmin: user.kind === "admin",
      isGuest: user.kind === "guest",
      isViewOnly: user.kind === "viewer" || user.kind === "view_only",
      countryCode: "SE",
      currentLanguage: place.language,
      timeFormat: "24H",
      timeZoneOffset: offsetHours(account.time_zone, now),
    },
    region: "use1",
    productKind: "core",
    app: { id: Number(claims.app_id), clientId: claims.client_id },
    appVersion: {
      id: Number(claims.app_version_id),
      name: "v1",
      status: "live",
      type: "major",
      versionData: { major: 1, minor: 0, patch: 0, type: "major" },
    },
    permissions: { approvedScopes, requiredScopes: approvedScopes },
    ...(claims.subscription ? { subscription: claims.subscription } : {}),
  };
}

/**
 * How far a zone is ahead of UTC, in hours.
 *
 * @param {string} zone
 * @param {string} now ISO 8601
 */
export function offsetHours(zone, now) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
    new Date(now),
  );
  const [, sign, hours, minutes] =
    /([+-])(\d+):(\d+)/.exec(parts.find((part) => part.type === "timeZoneName")?.value ?? "") ?? [];
  return sign ? Number(`${sign}${Number(hours) + Number(minutes) / 60}`) : 0;
}
