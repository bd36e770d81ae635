/**
 * A month to choose a day from, Monday first. Arrow keys walk the days, Page Up and Down the months.
 */

import { element, fill, iconButton } from "./dom.js";

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/**
 * @param {{chosen: string, today: string, choose: (date: string) => void}} wish days as `2026-11-23`; `chosen` may be empty
 * @returns {HTMLElement}
 */
export function calendar({ chosen, today, choose }) {
  const root = element("div", { class: "calendar" });
  let focused = chosen || today;

  /** @param {boolean} takeFocus */
  const draw = (takeFocus) => {
    const month = focused.slice(0, 7);
    const title = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
    fill(
      root,
      element(
        "div",
        { class: "calendar-title" },
        iconButton("chevron-down", "Previous month", {
          class: "to-left",
          onclick: () => move(moveMonth(focused, -1)),
        }),
        element("span", { "aria-live": "polite" }, title.format(new Date(`${month}-01T00:00:00Z`))),
        iconButton("chevron-down", "Next month", {
          class: "to-right",
          onclick: () => move(moveMonth(focused, 1)),
        }),
      ),
      element(
        "div",
        { class: "calendar-days" },
        WEEKDAYS.map((day) => element("span", { class: "weekday", "aria-hidden": "true" }, day)),
        daysShown(month).map((day) => dayButton(day, month)),
      ),
    );
    const at = root.querySelector("[tabindex='0']");
    if (takeFocus && at instanceof HTMLElement) at.focus();
  };

  /** @param {string} day @param {string} month */
  const dayButton = (day, month) =>
    element(
      "button",
      {
        type: "button",
        class: day.startsWith(month) ? "day" : "day other-month",
        tabindex: day === focused ? "0" : "-1",
        autofocus: day === focused,
        "aria-pressed": day === chosen ? "true" : "false",
        "aria-current": day === today ? "date" : null,
        "aria-label": day,
        onclick: () => {
          chosen = focused = day;
          draw(true);
          choose(day);
        },
      },
      Number(day.slice(8)),
    );

  /** @param {string} day */
  const move = (day) => {
    focused = day;
    draw(true);
  };

  root.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.classList.contains("day")) return;
    const next =
      event.key in STEPS
        ? moveDay(focused, STEPS[event.key])
        : event.key === "PageUp"
          ? moveMonth(focused, -1)
          : event.key === "PageDown"
            ? moveMonth(focused, 1)
            : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    move(next);
  });
  draw(false);
  return root;
}

/**
 * The six weeks around a month.
 *
 * @param {string} month `2026-11`
 * @returns {string[]} 42 days
 */
function daysShown(month) {
  const first = `${month}-01`;
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  return Array.from({ length: 42 }, (_, index) => moveDay(first, index - weekday));
}

/** @param {string} day @param {number} days */
function moveDay(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * The same day of another month, or that month's last.
 *
 * @param {string} day
 * @param {number} months
 */
function moveMonth(day, months) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
