// The page of a case: keys, moves that unfold, and changes that others make meanwhile.
const { all, busy, follow, typing } = window.tower;

const page = () => document.getElementById("case");

function unfold(name) {
  const move = document.getElementById(`move-${name}`);
  if (!move) return;
  if (move.matches("details")) {
    move.open = true;
    move.querySelector("input:checked, input:not([type=hidden]), select, textarea")?.focus();
  } else move.focus();
  move.scrollIntoView({ block: "nearest" });
}

const MOVES = { p: "propose", r: "resolve", e: "assign", c: "close" };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !busy()) event.target.closest?.("details.move[open]")?.removeAttribute("open");
  if (typing(event.target) || busy() || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((event.key === "y" || event.key === "n") && document.getElementById("vote-yes")) {
    event.preventDefault();
    const vote = document.getElementById(event.key === "y" ? "vote-yes" : "vote-no");
    vote.open = true;
    vote.querySelector("textarea").focus();
  }
  if (MOVES[event.key]) { event.preventDefault(); unfold(MOVES[event.key]); }
  if (event.key === "a") document.querySelector("#move-acknowledge:not([disabled])")?.click();
  if (event.key === "s") { event.preventDefault(); document.querySelector("#move-wake button")?.click(); unfold("snooze"); }
  if ("jku".includes(event.key)) document.querySelector(`a[data-key="${event.key}"]`)?.click();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move]");
  if (link && document.getElementById(`move-${link.dataset.move}`)) { event.preventDefault(); unfold(link.dataset.move); }
  const fold = event.target.closest("[data-fold]");
  if (fold) { const move = fold.closest("details"); move.open = false; move.querySelector("summary").focus(); }
});

// One form at a time. (The name attribute would also close a form that comes back with a refusal.)
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-one]") && event.target.open) all("details[data-one][open]").forEach((move) => { if (move !== event.target) move.open = false; });
}, true);

// On a phone the track is wider than the screen: show where the case stands.
function showStation() {
  const station = document.querySelector(".track .now");
  if (station) station.parentElement.scrollLeft = station.offsetLeft - station.parentElement.offsetLeft;
}

document.addEventListener("htmx:afterSettle", () => {
  showStation();
  const refused = document.querySelector("[data-refused]");
  if (refused) { refused.scrollIntoView({ block: "nearest" }); refused.closest("form")?.querySelector("input:checked, textarea, select, input:not([type=hidden])")?.focus(); }
  else if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
});

// Others work too: what they did is shown at once, unless that would take a form from under the hand.
async function pulse() {
  if (!page()) return;
  const shown = page().dataset.events;
  const answer = await fetch(page().dataset.casePulse, { headers: { "If-None-Match": `"${shown}"` }, redirect: "error" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`no news: ${answer.status}`);
  if ((await answer.json()).events <= Number(shown)) return;
  const begun = all("textarea", page()).some((box) => box === document.activeElement || box.value !== box.defaultValue);
  const inHand = begun || all("details.move[open]").length || busy() || page().querySelector(".htmx-request");
  document.getElementById("changed-pill").hidden = !inHand;
  if (!inHand) window.htmx.ajax("GET", location.href, { source: page(), target: "#main", select: "#main > *", swap: "innerHTML" });
}

showStation();
follow(pulse);
if (location.hash.startsWith("#move-")) unfold(location.hash.slice(6));
