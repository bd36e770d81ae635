/**
 * Building elements. Text always becomes a text node: nothing here parses HTML.
 */

const ICONS = new URL("../icons.svg", import.meta.url).pathname;

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * Make an element. Attributes that start with `on` are listeners, `class` and `aria-…` are attributes,
 * `true` sets an empty attribute, `false`, `null` and `undefined` set none.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

/**
 * @param {Node} parent
 * @param {(Child | Child[])[]} children
 */
function append(parent, children) {
  for (const child of children.flat()) {
    if (child === false || child === null || child === undefined) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Replace everything inside an element.
 *
 * @param {Element} parent
 * @param {...(Child | Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/**
 * An icon of `icons.svg` in the colour of the text around it; decoration only, name the control it sits in.
 *
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.appendChild(use);
  return svg;
}

/**
 * A square button that shows only an icon.
 *
 * @param {string} name icon
 * @param {string} label what it does, for screen readers and as a tooltip
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLElement}
 */
export function iconButton(name, label, attributes = {}) {
  const { class: extra = "", ...others } = attributes;
  const settings = {
    type: "button",
    class: `icon-button ${extra}`,
    "aria-label": label,
    title: label,
    ...others,
  };
  return element("button", settings, icon(name));
}

/**
 * Give a custom property to an element; styles may be set by script where the policy forbids inline ones.
 *
 * @template {HTMLElement} T
 * @param {T} target
 * @param {string} name with its dashes
 * @param {string} value
 * @returns {T}
 */
export function withProperty(target, name, value) {
  target.style.setProperty(name, value);
  return target;
}
