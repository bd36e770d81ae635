/**
 * Arrow keys in a board: from cell to cell, also across groups.
 */

/**
 * @param {HTMLElement} host
 * @param {KeyboardEvent} event
 */
export function walkCells(host, event) {
  const { target } = event;
  if (!(target instanceof HTMLElement) || !target.hasAttribute("data-cell")) return;
  const next = neighbour(host, target, event);
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} from
 * @param {KeyboardEvent} event
 * @returns {HTMLElement | undefined}
 */
function neighbour(host, from, event) {
  const line = cellsOf(from.closest("tr"));
  const at = line.indexOf(from);
  switch (event.key) {
    case "ArrowRight":
      return line[at + 1];
    case "ArrowLeft":
      return line[at - 1];
    case "Home":
      return line[0];
    case "End":
      return line[line.length - 1];
    case "ArrowDown":
    case "ArrowUp": {
      const lines = [...host.querySelectorAll(".group:not(.collapsed) tr.row")];
      const beside =
        lines[
          lines.indexOf(/** @type {Element} */ (from.closest("tr"))) + (event.key === "ArrowDown" ? 1 : -1)
        ];
      const cells = beside ? cellsOf(beside) : [];
      return cells[Math.min(at, cells.length - 1)];
    }
    default:
      return undefined;
  }
}

/**
 * @param {Element | null} line
 * @returns {HTMLElement[]}
 */
function cellsOf(line) {
  return /** @type {HTMLElement[]} */ ([...(line?.querySelectorAll("[data-cell]:not([hidden])") ?? [])]);
}
