// The queue: keys, selection, and what is new. Rows never move under the reader.
const { all, busy, follow, openDialog, typing } = window.tower;

const list = document.getElementById("queue-list");
const bulk = document.querySelector("[data-bulk]");
const rows = () => all(".worklist tbody tr[data-case]");
const boxes = () => all(".worklist tbody input[type=checkbox]");
const current = () => document.querySelector(".worklist tr.current");
const CASES = new Intl.PluralRules("en");

function mark(row) {
  if (!row) return;
  const before = current();
  before?.classList.remove("current");
  before?.removeAttribute("aria-current");
  row.classList.add("current");
  row.setAttribute("aria-current", "true");
  row.querySelector(".subject").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const shown = rows();
  const at = shown.indexOf(current());
  if (by > 0 && at === shown.length - 1) document.querySelector(".worklist tr.more a")?.click();
  mark(shown[at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1)]);
}

// Selection
let lastBox = null;
function count() {
  const n = boxes().filter((box) => box.checked).length;
  bulk.classList.toggle("has-selection", n > 0);
  all("[data-count]").forEach((place) => { place.textContent = place.closest("dialog") ? `${n} ${CASES.select(n) === "one" ? "case" : "cases"}` : `${n} selected`; });
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(".worklist tbody input[type=checkbox]");
  if (box) {
    const shown = boxes();
    if (event.shiftKey && lastBox) {
      const [from, to] = [shown.indexOf(lastBox), shown.indexOf(box)].sort((a, b) => a - b);
      shown.slice(Math.max(from, 0), to + 1).forEach((other) => { other.checked = box.checked; });
    }
    lastBox = box;
    count();
  }
  if (event.target.matches("[data-select-all]")) { boxes().forEach((other) => { other.checked = event.target.checked; }); count(); }
  if (event.target.closest("[data-clear]")) clear();
  const row = event.target.closest(".worklist tr[data-case]");
  if (row && !event.target.closest("a, button, input, form, label")) mark(row);
});

function clear() {
  boxes().forEach((box) => { box.checked = false; });
  const every = document.querySelector("[data-select-all]");
  if (every) every.checked = false;
  count();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: () => current()?.querySelector("input[type=checkbox]")?.click(),
  Enter: () => current()?.querySelector(".subject").click(),
  o: () => current()?.querySelector(".subject").click(),
  a: () => (chosen() ? bulk.querySelector("[value=acknowledge]")?.click() : acknowledge()),
  e: () => ask("bulk-assign"),
  d: () => ask("bulk-dismiss"),
  s: () => rest(),
  p: () => jump("propose"),
  r: () => jump("resolve"),
};
const chosen = () => boxes().some((box) => box.checked);
// The dialog is not in the page of those who may not make its move.
function ask(dialog) {
  if (!document.getElementById(dialog)) return;
  if (!chosen()) KEYS.x();
  if (chosen()) openDialog(dialog);
}
// Among what is snoozed the same key wakes.
function rest() {
  const wake = bulk.querySelector("[name=what][value=wake]");
  if (!wake) { ask("bulk-snooze"); return; }
  if (!chosen()) KEYS.x();
  if (chosen()) wake.click();
}
function jump(move) { const link = current()?.querySelector(".subject"); if (link) location.href = `${link.href}#move-${move}`; }
function acknowledge() {
  const button = current()?.querySelector("[data-key=a] button");
  if (button) button.click();
  else if (current()) openCase();
}
function openCase() { location.href = current().querySelector(".subject").href; }

document.addEventListener("keydown", (event) => {
  if (typing(event.target) || busy() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});

// What a dialog asks is required while it is open, and not by the moves beside it.
all("dialog.sheet-dialog").forEach((dialog) => new MutationObserver(() => {
  all("[data-required]", dialog).forEach((field) => { field.required = dialog.open; });
}).observe(dialog, { attributeFilter: ["open"] }));

// After a bulk move its dialog has done its work; rows that were replaced keep their place.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.closest?.("#bulk, [form=bulk], [data-bulk-form]") && event.detail.successful) { all("dialog.sheet-dialog[open]").forEach((dialog) => dialog.close()); clear(); }
});
let marked = null;
document.addEventListener("htmx:oobBeforeSwap", () => { marked = current()?.id ?? marked; });
document.addEventListener("htmx:afterSettle", () => { if (marked && !current()) mark(document.getElementById(marked)); });
document.addEventListener("htmx:oobAfterSwap", count);

// What is new: asked every few seconds, answered 304 while nothing has happened.
let version = "", seen = list?.dataset.since;
async function pulse() {
  if (!list?.dataset.pulse) return;
  const address = new URL(list.dataset.pulse, location);
  address.searchParams.set("since", list.dataset.since);
  address.searchParams.set("seen", seen);
  const answer = await fetch(address, { headers: version ? { "If-None-Match": version } : {}, redirect: "error" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`no news: ${answer.status}`);
  version = answer.headers.get("ETag") ?? "";
  show(await answer.json());
}

function show({ arrived, changed, latest }) {
  seen = latest;
  const here = new Set(rows().map((row) => Number(row.dataset.case)));
  const fresh = arrived.filter((id) => !here.has(id));
  const pill = document.getElementById("new-pill");
  pill.hidden = fresh.length === 0;
  pill.querySelector("span").textContent = `${fresh.length} new`;
  const stale = changed.filter((id) => here.has(id));
  if (stale.length) refresh(stale);
}

// Rows that changed are redrawn where they stand.
function refresh(ids) {
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  query.set("query", list.dataset.query);
  const kept = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  window.htmx.ajax("GET", `${list.dataset.rows}?${query}`, { source: list, target: list, swap: "none" }).then(() => {
    boxes().forEach((box) => { box.checked = kept.has(box.value); });
    count();
  });
}

follow(pulse);
if (bulk) count();
