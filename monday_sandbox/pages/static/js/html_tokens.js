/**
 * A reader of HTML that only takes it apart: starts, ends and text. It is forgiving, not exact; whoever builds
 * something of the tokens decides what is allowed.
 */

/**
 * @typedef {{kind: "text", text: string}} TextToken `text` still has its entities
 * @typedef {{kind: "start", name: string, attributes: Map<string, string>}} StartToken
 * @typedef {{kind: "end", name: string}} EndToken
 */

const TAG = /<(\/?)([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/iy;
const ATTRIBUTE = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
const COMMENT = /<!--[^]*?(?:-->|$)|<[!?][^>]*>/y;

/** Elements whose content is no text for people; it is skipped to their end. */
const SKIPPED = new Set([
  "embed",
  "head",
  "iframe",
  "math",
  "noscript",
  "object",
  "script",
  "style",
  "svg",
  "template",
  "textarea",
  "title",
]);

/** The entities that editors write; any other is left as it stands. @type {Record<string, string>} */
const ENTITIES = {
  amp: "&",
  apos: "'",
  aring: "å",
  Aring: "Å",
  auml: "ä",
  Auml: "Ä",
  copy: "©",
  eacute: "é",
  Eacute: "É",
  euro: "€",
  gt: ">",
  hellip: "…",
  laquo: "«",
  ldquo: "“",
  lsquo: "‘",
  lt: "<",
  mdash: "—",
  nbsp: "\u00a0",
  ndash: "–",
  ouml: "ö",
  Ouml: "Ö",
  quot: '"',
  raquo: "»",
  rdquo: "”",
  rsquo: "’",
  uuml: "ü",
  Uuml: "Ü",
};

/**
 * Take HTML apart.
 *
 * @param {string} html
 * @returns {Generator<TextToken | StartToken | EndToken>}
 */
export function* readTokens(html) {
  let at = 0;
  while (at < html.length) {
    const comment = matchAt(COMMENT, html, at);
    const tag = comment ? null : matchAt(TAG, html, at);
    if (comment) {
      at += comment[0].length;
    } else if (tag) {
      at += tag[0].length;
      const name = tag[2].toLowerCase();
      if (tag[1]) yield { kind: "end", name };
      else if (SKIPPED.has(name)) at = endOf(name, html, at);
      else yield { kind: "start", name, attributes: attributesOf(tag[3]) };
    } else {
      const next = html.indexOf("<", at + 1);
      const end = next === -1 ? html.length : next;
      yield { kind: "text", text: html.slice(at, end) };
      at = end;
    }
  }
}

/**
 * Text with its entities turned into characters.
 *
 * @param {string} text
 * @returns {string}
 */
export function decodeEntities(text) {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (whole, name) => {
    if (!name.startsWith("#")) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : whole;
    const code = name[1].toLowerCase() === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/**
 * @param {string} text
 * @returns {Map<string, string>}
 */
function attributesOf(text) {
  const found = new Map();
  for (const [, name, quoted, single, bare] of text.matchAll(ATTRIBUTE)) {
    found.set(name.toLowerCase(), decodeEntities(quoted ?? single ?? bare ?? ""));
  }
  return found;
}

/**
 * Where the content of an element that is skipped has ended.
 *
 * @param {string} name
 * @param {string} html
 * @param {number} from
 */
function endOf(name, html, from) {
  const end = new RegExp(`</${name}[^>]*>`, "ig");
  end.lastIndex = from;
  const found = end.exec(html);
  return found ? end.lastIndex : html.length;
}

/**
 * @param {RegExp} sticky
 * @param {string} text
 * @param {number} at
 */
function matchAt(sticky, text, at) {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
