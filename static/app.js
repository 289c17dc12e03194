// What every page needs: theme, dialogs, menus, messages, the palette, and times that go on.
const root = document.documentElement;
const MESSAGE_STAYS = 8000;
const all = (selector, scope = document) => [...scope.querySelectorAll(selector)];
const typing = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const busy = () => document.querySelector("dialog[open]") !== null;

function toggleTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  document.dispatchEvent(new CustomEvent("theme", { detail: root.dataset.theme }));
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || busy()) return;
  dialog.showModal();
  const input = dialog.querySelector("[hx-trigger*=open-palette]");
  if (input) { input.select(); window.htmx.trigger(input, "open-palette"); }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-theme-toggle]")) toggleTheme();
  const opener = target.closest("[data-open]");
  if (opener) { event.preventDefault(); openDialog(opener.dataset.open); }
  if (target.matches("dialog")) target.close();
  if (target.closest("[data-print]")) window.print();
  if (target.closest("[data-close]")) target.closest("dialog").close();
  if (target.closest(".palette a, .palette [form]")) target.closest("dialog").close();
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  all("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openDialog("palette"); return; }
  const palette = document.getElementById("palette");
  if (palette?.open) { walk(event, palette); return; }
  if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  if (typing(event.target) || busy() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); openDialog("palette"); }
  if (event.key === "?") openDialog("keys");
});

// The palette: arrows walk the list, Enter takes what is marked.
function walk(event, palette) {
  const items = all("#found :is(a, button)", palette);
  const at = items.findIndex((item) => item.classList.contains("first"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && items.length) {
    event.preventDefault();
    items[at]?.classList.remove("first");
    const next = items[(at + step + items.length) % items.length];
    next.classList.add("first");
    next.scrollIntoView({ block: "nearest" });
  }
  if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); items[at]?.click(); }
}

// Messages of success go by themselves; a refusal stays until it is closed.
function settleMessages(scope) {
  all(".toast.success:not([data-timed])", scope).forEach((message) => {
    message.dataset.timed = "";
    setTimeout(() => message.remove(), MESSAGE_STAYS);
  });
}

function say(text, look = "warning") {
  const message = document.createElement("div");
  message.className = `toast ${look}`;
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "btn quiet tiny";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = "Close";
  message.append(words, close);
  document.getElementById("toasts")?.append(message);
}

document.addEventListener("htmx:afterSettle", () => {
  settleMessages(document);
  const first = document.querySelector("#found :is(a, button)");
  if (first && !document.querySelector("#found .first")) first.classList.add("first");
});
document.addEventListener("htmx:responseError", (event) => say(event.detail.xhr.status === 403 ? "This page was open for too long. Reload it and try again; nothing was changed." : "That did not work. Nothing was changed; try again."));
document.addEventListener("htmx:sendError", () => say("The control tower cannot be reached. Nothing was changed; try again."));
// A session that has ended answers with the sign-in page: go there instead of showing it inside this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL || location.href).pathname === "/sign-in/") { event.detail.shouldSwap = false; location.reload(); }
});

// "9 s ago" goes on while one looks.
function duration(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60), days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60), rest = minutes % 60;
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return rest ? `${hours} h ${String(rest).padStart(2, "0")}` : `${hours} h`;
  return `${rest} min`;
}
setInterval(() => all("time[data-ago]").forEach((time) => {
  const seconds = Math.max((Date.now() - Date.parse(time.dateTime)) / 1000, 0);
  time.textContent = `${duration(seconds)} ago`;
}), 1000);

// Tabs that do not fit scroll sideways: show the one that is open.
all(".tabs [aria-current]").forEach((tab) => { const tabs = tab.parentElement; tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2; });

// What is done once a page is sent once: a second click waits for the first, until one comes back here.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (form.dataset.once) event.preventDefault();
  form.dataset.once = "sent";
});
window.addEventListener("pageshow", () => all("form[data-once]").forEach((form) => { form.dataset.once = ""; }));

// Pages that stay open ask for news every few seconds, while somebody looks, and say when they cannot.
const EVERY = 4000, ALLOWED = 2;
function follow(ask) {
  let failed = 0;
  const turn = async () => {
    if (document.hidden) return;
    try { await ask(); failed = 0; } catch { failed += 1; }
    document.getElementById("lost").hidden = failed < ALLOWED;
  };
  setInterval(turn, EVERY);
  document.addEventListener("visibilitychange", turn);
}

// A page that only knows whether it is old shows a pill; what is under the hand stays as it is.
const pill = document.querySelector("[data-live]");
let known = "";
async function news() {
  const address = new URL(pill.dataset.live, location);
  if (pill.dataset.since) address.searchParams.set("since", pill.dataset.since);
  const answer = await fetch(address, { headers: known ? { "If-None-Match": known } : {}, redirect: "error" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`no news: ${answer.status}`);
  known = answer.headers.get("ETag") ?? "";
  const { old, latest } = await answer.json();
  pill.dataset.since ??= latest;
  // A script that can bring the page up to date takes the news; else the reader is told.
  if (old && document.dispatchEvent(new CustomEvent("news", { cancelable: true }))) pill.hidden = false;
}
if (pill) { news().catch(() => {}); follow(news); }

settleMessages(document);
// For the scripts of single pages, which come after this one. (Imports would miss the hashed file names.)
window.tower = { all, busy, openDialog, typing, follow };
