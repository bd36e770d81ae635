/**
 * The sandbox's clock in the header: what time it is there, and how to move it forward.
 */

import { advanceClock, fetchClock } from "./api.js";
import { element, fill, icon } from "./dom.js";
import { chooseZone, currentZone, inZone, showDay, ZONES } from "./moments.js";
import { openPopover } from "./popover.js";
import { orShowError } from "./toast.js";

/** Button and what the sandbox is asked for. */
const STEPS = [
  ["+15 min", "15m"],
  ["+1 h", "1h"],
  ["+3 h", "3h"],
  ["+1 day", "1d"],
];

/** How far the sandbox's clock is from this computer's, in milliseconds. */
let ahead = 0;
let offsetSeconds = 0;

/**
 * The sandbox's time, as last heard and counted on.
 *
 * @returns {string} ISO 8601, UTC
 */
export function sandboxNow() {
  return new Date(Date.now() + ahead).toISOString();
}

/** Ask the sandbox for its time. */
export async function readClock() {
  const answer = await orShowError(fetchClock);
  if (answer) hear(answer);
}

/** @param {{now: string, offset_seconds: number}} answer */
function hear(answer) {
  ahead = Date.parse(answer.now) - Date.now();
  offsetSeconds = answer.offset_seconds;
}

/**
 * @param {() => void} onChange called when the zone was changed or the clock moved
 * @returns {HTMLElement}
 */
export function clockControl(onChange) {
  const time = element("span", { class: "clock-time" });
  const offset = element("span", { class: "clock-offset" });
  const face = element(
    "button",
    {
      type: "button",
      class: "clock-face",
      "aria-haspopup": "dialog",
      title: "Move the sandbox's clock",
      onclick: () => openPanel(),
    },
    icon("clock"),
    time,
    offset,
  );
  const draw = () => {
    const { date, time: hours, seconds } = inZone(new Date(Date.now() + ahead), currentZone());
    fill(
      time,
      element("span", { class: "clock-day" }, `${weekday(date)} ${showDay(date)} `),
      hours,
      element("span", { class: "clock-seconds" }, `:${seconds}`),
    );
    fill(offset, offsetSeconds ? `+${showLength(offsetSeconds)}` : null);
    face.setAttribute("aria-label", `Sandbox time ${date} ${hours}, ${currentZone()}. Move the clock.`);
  };

  /** @param {string} length */
  const advance = async (length) => {
    const answer = await orShowError(() => advanceClock(length));
    if (!answer) return false;
    hear(answer);
    draw();
    onChange();
    return true;
  };
  const openPanel = () =>
    openPopover(face, "The sandbox's clock", () => panel(advance, redrawAll), "clock-popover");
  const redrawAll = () => {
    draw();
    onChange();
  };
  const steps = element(
    "span",
    { class: "clock-steps" },
    STEPS.map(([label, length]) =>
      element("button", { type: "button", class: "step-button", onclick: () => advance(length) }, label),
    ),
  );
  draw();
  setInterval(draw, 1000);
  readClock().then(draw);
  return element("div", { class: "clock", role: "group", "aria-label": "Sandbox clock" }, face, steps);
}

/**
 * @param {(length: string) => Promise<boolean>} advance
 * @param {() => void} onZone
 */
function panel(advance, onZone) {
  const length = /** @type {HTMLInputElement} */ (
    element("input", {
      name: "length",
      "aria-label": "How far",
      placeholder: "90m, 2h, 1d",
      autocomplete: "off",
      required: true,
    })
  );
  const zone = /** @type {HTMLSelectElement} */ (
    element(
      "select",
      { "aria-label": "Time zone", onchange: () => (chooseZone(zone.value), onZone()) },
      ZONES.map((name) => element("option", { value: name, selected: name === currentZone() }, name)),
    )
  );
  return [
    element("p", { class: "popover-title" }, "Move the sandbox's clock forward"),
    element(
      "div",
      { class: "step-row" },
      STEPS.map(([label, step]) =>
        element("button", { type: "button", class: "step-button", onclick: () => advance(step) }, label),
      ),
    ),
    element(
      "form",
      {
        class: "inline-form",
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          if (await advance(length.value.trim())) length.value = "";
        },
      },
      length,
      element("button", { type: "submit", class: "primary-button small" }, "Move"),
    ),
    element("label", { class: "zone-choice" }, "Show times in", zone),
  ];
}

/** @param {string} date */
function weekday(date) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" }).format(
    Date.parse(`${date}T00:00:00Z`),
  );
}

/**
 * `3 h 15 min`, `2 days 1 h`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function showLength(seconds) {
  const minutes = Math.round(seconds / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const parts = [
    days && `${days} ${days === 1 ? "day" : "days"}`,
    hours && `${hours} h`,
    rest && `${rest} min`,
  ];
  return parts.filter(Boolean).join(" ") || `${Math.round(seconds)} s`;
}
