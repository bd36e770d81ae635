/**
 * HTML of updates, made safe: read by a small reader of its own and built anew, element by element, from a list
 * of what is allowed. The browser's parser never sees it, so there is nothing that could run; what isn't on the
 * list leaves only its text. The page's policy (Trusted Types) forbids every other way from text to elements.
 */

import { decodeEntities, readTokens } from "./html_tokens.js";

/** Elements that may be shown. */
const ALLOWED = new Set(
  (
    "a b blockquote br code del div em h1 h2 h3 hr i li ol p pre s span strike strong sub sup " +
    "table tbody td th thead tr u ul"
  ).split(" "),
);

/** Elements without content. */
const VOID = new Set(["br", "hr", "img"]);

/** Elements that end an open paragraph, as in HTML. */
const BLOCKS = new Set(["blockquote", "div", "h1", "h2", "h3", "hr", "ol", "p", "pre", "table", "ul"]);

const SAFE_ADDRESS = /^(https?:\/\/|mailto:|tel:)/i;
const COLOUR = /(?:^|;)\s*color\s*:\s*(#[0-9a-f]{3,8}|rgba?\([\d\s,.%]+\)|[a-z]+)\s*(?:;|$)/i;

/**
 * An update's HTML as nodes that can do no harm.
 *
 * @param {string} html whatever monday.com stores
 * @returns {DocumentFragment}
 */
export function safeFragment(html) {
  const fragment = document.createDocumentFragment();
  /** @type {{name: string, node: Node}[]} open elements, the innermost last */
  const open = [];
  const target = () => open[open.length - 1]?.node ?? fragment;
  /** @param {string} name */
  const closeThrough = (name) => {
    const at = open.findLastIndex((one) => one.name === name);
    if (at !== -1) open.length = at;
  };
  for (const token of readTokens(html)) {
    if (token.kind === "text") {
      target().appendChild(document.createTextNode(decodeEntities(token.text)));
    } else if (token.kind === "end") {
      closeThrough(token.name);
    } else {
      if (token.name === "li" || BLOCKS.has(token.name)) closeThrough("p");
      const made = safeElement(token.name, (attribute) => token.attributes.get(attribute) ?? null);
      if (!made) continue;
      target().appendChild(made);
      if (!VOID.has(token.name)) open.push({ name: token.name, node: made });
    }
  }
  return fragment;
}

/**
 * The allowed HTML of what somebody wrote in an editor.
 *
 * @param {HTMLElement} written
 * @returns {string}
 */
export function safeMarkup(written) {
  const holder = document.createElement("div");
  copyChildren(written, holder);
  for (const link of holder.querySelectorAll("a"))
    for (const name of ["target", "rel"]) link.removeAttribute(name);
  return holder.innerHTML;
}

/**
 * @param {Node} from
 * @param {Node} to
 */
function copyChildren(from, to) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.appendChild(document.createTextNode(child.nodeValue ?? ""));
    if (!(child instanceof Element)) continue;
    const copy = safeElement(child.tagName.toLowerCase(), (attribute) => child.getAttribute(attribute));
    if (copy) to.appendChild(copy);
    copyChildren(child, copy ?? to);
  }
}

/**
 * An element of the list with the attributes it may keep.
 *
 * @param {string} name
 * @param {(attribute: string) => (string | null)} attributeOf
 * @returns {Node | null} nothing if it isn't allowed
 */
function safeElement(name, attributeOf) {
  if (name === "img") return pictureNote(attributeOf);
  if (!ALLOWED.has(name)) return null;
  const made = document.createElement(name);
  const colour = COLOUR.exec(attributeOf("style") ?? "")?.[1];
  if (colour) made.style.color = colour;
  if (name === "a") leadTo(made, attributeOf("href"));
  return made;
}

/**
 * Pictures are not fetched from elsewhere: a note stands for them, with a way to open them.
 *
 * @param {(attribute: string) => (string | null)} attributeOf
 */
function pictureNote(attributeOf) {
  const link = document.createElement("a");
  const alt = attributeOf("alt");
  link.textContent = alt ? `[picture: ${alt}]` : "[picture]";
  leadTo(link, attributeOf("src"));
  return link;
}

/**
 * @param {HTMLElement} link
 * @param {string | null} address followed only if it is one of the web, of mail or of a phone
 */
function leadTo(link, address) {
  const trimmed = address?.trim() ?? "";
  if (!SAFE_ADDRESS.test(trimmed)) return;
  link.setAttribute("href", trimmed);
  link.setAttribute("rel", "noopener noreferrer");
  link.setAttribute("target", "_blank");
}
