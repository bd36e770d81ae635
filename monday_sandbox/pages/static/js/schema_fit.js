/**
 * Documents for the schema that is served. A line that ends in `#needs Type` or `#needs Type.field` is left out where
 * the schema has no such thing: monday.com refuses a document whole for one unknown field.
 */

const NEED = /^(.*)#needs (\w+)(?:\.(\w+))?\s*$/;

export const READ_SCHEMA = "query page_schema { __schema { types { name fields { name } } } }";

/** Fields by type. @type {Map<string, Set<string>>} */
const served = new Map();

/**
 * @param {{types: {name: string, fields: {name: string}[] | null}[]}} schema as `READ_SCHEMA` selects it
 */
export function learnSchema(schema) {
  for (const { name, fields } of schema.types) served.set(name, new Set(fields?.map((field) => field.name)));
}

/**
 * Whether the schema has a type, or a field of it.
 *
 * @param {string} type
 * @param {string} [field]
 * @returns {boolean}
 */
export function isServed(type, field) {
  const fields = served.get(type);
  return fields !== undefined && (!field || fields.has(field));
}

/**
 * @param {string} document
 * @returns {string} the lines of it that the schema can answer
 */
export function fitted(document) {
  return document
    .split("\n")
    .map((line) => {
      const [, text, type, field] = NEED.exec(line) ?? [];
      return type === undefined ? line : isServed(type, field) ? text : null;
    })
    .filter((line) => line !== null)
    .join("\n");
}
