/**
 * People as the boards show them: a round avatar with initials, coloured by who it is.
 */

import { avatarColour } from "./colours.js";
import { element, withProperty } from "./dom.js";

/**
 * @param {string} name
 * @returns {string} at most two capitals
 */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return (
    letters
      .map((word) => [...word][0])
      .join("")
      .toUpperCase() || "?"
  );
}

/**
 * @param {{id: string | number, name: string}} person
 * @param {string} [size] class: `small` or `large`
 * @returns {HTMLElement}
 */
export function avatar(person, size = "") {
  const made = element(
    "span",
    { class: `avatar ${size}`, title: person.name, "aria-hidden": "true" },
    initials(person.name),
  );
  return withProperty(made, "--avatar", avatarColour(person.id));
}
