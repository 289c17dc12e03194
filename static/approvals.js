// The page of approvals: keys, and forms that unfold one at a time.
const { all, busy, typing } = window.tower;

function unfold(name) {
  const move = document.getElementById(`vote-${name}`);
  if (!move) return;
  move.open = true;
  move.querySelector("textarea")?.focus();
  move.scrollIntoView({ block: "nearest" });
}

function go(step) {
  const picks = all(".pick a");
  const at = picks.findIndex((pick) => pick.getAttribute("aria-current"));
  picks[at + step]?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !busy()) event.target.closest?.("details.move[open]")?.removeAttribute("open");
  if (typing(event.target) || busy() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "y" || event.key === "n") { event.preventDefault(); unfold(event.key === "y" ? "yes" : "no"); }
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
  if (event.key === "Enter" && event.target === document.body) document.querySelector("[data-case]")?.click();
});

document.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-fold]");
  if (fold) { const move = fold.closest("details"); move.open = false; move.querySelector("summary").focus(); }
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-one]") && event.target.open) all("details[data-one][open]").forEach((move) => { if (move !== event.target) move.open = false; });
}, true);

document.querySelector("[data-refused]")?.scrollIntoView({ block: "nearest" });
