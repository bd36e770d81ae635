// Shows what is new without a click. Without this script the pages work the same; one has to reload them.
"use strict";

const main = document.querySelector("main[data-live]");

function isInUse() {
  const active = document.activeElement;
  const typed = [...main.querySelectorAll("input:not([type=hidden]), select")].some((field) =>
    field instanceof HTMLSelectElement
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== "")
      : field.value !== field.defaultValue,
  );
  const picked = !getSelection().isCollapsed;
  return typed || picked || main.querySelector("details[open]") !== null || (active !== null && main.contains(active) && active.matches("input, select"));
}

async function refresh() {
  if (document.hidden || isInUse()) return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { "X-Refresh": "1" }, redirect: "manual" });
  } catch {
    return; // The next try comes soon.
  }
  if (answer.status === 401) location.reload();
  if (!answer.ok || isInUse()) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const told = main.querySelector(".told");
  if (fresh === null) return;
  if (told !== null) fresh.querySelector(".told")?.remove();
  main.replaceChildren(...fresh.childNodes);
}

if (main !== null) setInterval(refresh, Number(main.dataset.live) * 1000);
