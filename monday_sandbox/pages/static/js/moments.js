/**
 * Moments and time zones. monday.com stores date columns in UTC; people read and write them in a zone, which
 * the page names. Conversions use Intl, so daylight saving is the browser's own table.
 */

const ZONE_KEY = "sandbox-zone";
const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The zones a person can choose, Synerity's first. */
export const ZONES = [...new Set(["Europe/Stockholm", BROWSER_ZONE, "UTC"])];

/**
 * The zone in which moments are shown and typed.
 *
 * @returns {string}
 */
export function currentZone() {
  const chosen = localStorage.getItem(ZONE_KEY);
  return chosen && ZONES.includes(chosen) ? chosen : ZONES[0];
}

/** @param {string} zone */
export function chooseZone(zone) {
  localStorage.setItem(ZONE_KEY, zone);
}

/**
 * A moment as the calendar and the clock of a zone show it.
 *
 * @param {Date} moment
 * @param {string} zone
 * @returns {{date: string, time: string, seconds: string}} `2026-11-23`, `14:05`, `09`
 */
export function inZone(moment, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(moment);
  /** @param {string} type */
  const part = (type) => parts.find((found) => found.type === type)?.value ?? "00";
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
    seconds: part("second"),
  };
}

/**
 * The moment at which a zone's clock shows a date and a time. A time that the change to summer time skips is
 * read as one hour later; of a time that comes twice in autumn, the first is meant.
 *
 * @param {string} date `2026-11-23`
 * @param {string} time `14:05` or `14:05:09`
 * @param {string} zone
 * @returns {Date}
 */
export function fromZone(date, time, zone) {
  const wanted = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}Z`);
  const candidates = [wanted - 86_400_000, wanted + 86_400_000].map((near) => wanted - offsetAt(near, zone));
  const exact = candidates.filter((candidate) => candidate + offsetAt(candidate, zone) === wanted);
  // In the skipped hour neither matches: the offset before the change moves the time past it.
  return new Date(exact.length ? Math.min(...exact) : candidates[0]);
}

/**
 * How far a zone's clock is ahead of UTC at a moment, in milliseconds.
 *
 * @param {number} moment milliseconds since 1970
 * @param {string} zone
 */
function offsetAt(moment, zone) {
  const { date, time, seconds } = inZone(new Date(moment), zone);
  return Date.parse(`${date}T${time}:${seconds}Z`) - Math.floor(moment / 1000) * 1000;
}

/**
 * A date column's stored value, as a zone reads it.
 *
 * @param {{date?: string, time?: string | null} | null} value UTC, as monday.com stores it; without a time it is a day
 * @param {string} zone
 * @returns {{date: string, time: string}} empty strings where there is nothing
 */
export function storedDateInZone(value, zone) {
  if (!value || !value.date) return { date: "", time: "" };
  if (!value.time) return { date: value.date, time: "" };
  const { date, time } = inZone(new Date(`${value.date}T${value.time}Z`), zone);
  return { date, time };
}

/**
 * What a date column is to store for a date and a time somebody typed.
 *
 * @param {string} date
 * @param {string} time empty for a day without a time
 * @param {string} zone
 * @returns {{date: string, time?: string}} UTC
 */
export function storedDateFromZone(date, time, zone) {
  if (!time) return { date };
  const utc = inZone(fromZone(date, time, zone), "UTC");
  return { date: utc.date, time: `${utc.time}:${utc.seconds}` };
}

/**
 * `23 Nov`, with the year where it is not this one.
 *
 * @param {string} date `2026-11-23`
 * @param {number} [thisYear]
 * @returns {string}
 */
export function showDay(date, thisYear = new Date().getFullYear()) {
  const [year, month, day] = date.split("-").map(Number);
  const name = new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }).format(
    Date.UTC(year, month - 1, 1),
  );
  return year === thisYear ? `${day} ${name}` : `${day} ${name} ${year}`;
}

/**
 * `23 Nov 14:05` in a zone.
 *
 * @param {string} moment ISO 8601
 * @param {string} zone
 * @returns {string}
 */
export function showMoment(moment, zone) {
  const { date, time } = inZone(new Date(moment), zone);
  return `${showDay(date)} ${time}`;
}
