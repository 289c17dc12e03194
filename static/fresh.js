// Keeps an open dashboard true where it stands: words and numbers change in place, charts are drawn
// again, and the focus, the scroll position and what was unfolded stay. While the reader has a menu
// open, marks text, draws over days or is inside a table, the pill waits instead.
const { follow } = window.tower;
const pill = document.querySelector("[data-live]");
const main = document.getElementById("main");

const GROWS_OLD = 60_000; // milliseconds; time alone changes what is overdue or ages
const REST = 10; // a page that takes a second to count is not asked for again within ten
let behind = false, brushing = false, asking = false, restsUntil = 0, oldAt = Date.now() + GROWS_OLD;

document.addEventListener("pointerdown", (event) => { brushing = Boolean(event.target.closest?.(".plot")); });
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { brushing = false; });

function inHand() {
  const marked = getSelection();
  const marks = !marked.isCollapsed && main.contains(marked.anchorNode);
  return brushing || marks || document.querySelector("details.menu[open], dialog[open]") !== null || document.activeElement.closest(".as-table, .heat, .range-form") !== null;
}

// What only this page knows about itself is kept: which charts show their table, and what is drawn.
function keep(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  if (old.matches(".chart.tabled")) fresh.classList.add("tabled");
  if (old.matches(".plot")) { Object.assign(old.dataset, fresh.dataset); old.setAttribute("aria-label", fresh.getAttribute("aria-label")); }
  return !old.matches(".plot, .sprite-probe, [data-table-toggle], [data-live]");
}

async function renew() {
  const began = Date.now();
  const answer = await fetch(pill.dataset.page, { headers: { "HX-Request": "true" }, redirect: "error" });
  if (!answer.ok) throw new Error(`no page: ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (inHand()) return;
  window.Idiomorph.morph(main, fresh.getElementById("main").innerHTML, { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed: keep } });
  document.dispatchEvent(new CustomEvent("figures"));
  behind = false;
  pill.dataset.since = fresh.querySelector("[data-live]").dataset.since;
  restsUntil = Date.now() + REST * (Date.now() - began);
  oldAt = Date.now() + GROWS_OLD;
}

async function turn() {
  const held = inHand();
  pill.hidden = !(behind && held);
  if (asking || held || Date.now() < restsUntil || !(behind || Date.now() > oldAt)) return;
  asking = true;
  try { await renew(); } finally { asking = false; }
}

document.addEventListener("news", (event) => { event.preventDefault(); behind = true; turn().catch(() => {}); });
follow(turn);
