// Alt and an arrow move the rule that one is in; after a move one is in that rule again. Only once
// the page has been scrolled to it: going to a fragment takes the focus away.
addEventListener("load", () => {
  const moved = location.hash.startsWith("#rule-") && document.querySelector(location.hash);
  if (moved) setTimeout(() => moved.querySelector("input.name")?.focus());
});

document.addEventListener("keydown", (event) => {
  const way = { ArrowUp: "[data-up]", ArrowDown: "[data-down]" }[event.key];
  const rule = event.target.closest?.("[data-rule]");
  if (!way || !event.altKey || !rule) return;
  event.preventDefault();
  rule.querySelector(way)?.click();
});
