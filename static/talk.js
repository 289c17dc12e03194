// Mentions: after an @ the people who may see the case are offered; arrows choose, Enter or Tab takes.
const LIST = "mention-list";
let asked = 0;

const list = () => document.getElementById(LIST);
const options = () => [...(list()?.children ?? [])];

function close() {
  const box = list()?.previousElementSibling;
  box?.setAttribute("aria-expanded", "false");
  box?.removeAttribute("aria-activedescendant");
  list()?.remove();
}

// The letters between the @ and the cursor; null where no name is being written.
function begun(box) {
  const found = /(?:^|[^\w.@])@([\w.+-]*)$/.exec(box.value.slice(0, box.selectionStart));
  return found ? found[1] : null;
}

function mark(option) {
  options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
  list().previousElementSibling.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(box, people) {
  close();
  if (!people.length) return;
  const shown = document.createElement("ul");
  shown.id = LIST;
  shown.className = "mention-list";
  shown.setAttribute("role", "listbox");
  people.forEach((person, index) => {
    const option = document.createElement("li");
    option.id = `mention-${index}`;
    option.setAttribute("role", "option");
    option.dataset.login = person.login;
    const name = document.createElement("b");
    name.textContent = person.name;
    const login = document.createElement("span");
    login.textContent = `@${person.login}`;
    option.append(name, login);
    shown.append(option);
  });
  box.after(shown);
  box.setAttribute("aria-expanded", "true");
  box.setAttribute("aria-controls", LIST);
  mark(shown.firstElementChild);
}

function take(option) {
  const box = list().previousElementSibling;
  const end = box.selectionStart, start = box.value.lastIndexOf("@", end - 1);
  box.setRangeText(`@${option.dataset.login} `, start, end, "end");
  close();
  box.focus();
}

document.addEventListener("input", async (event) => {
  const box = event.target;
  if (!box.matches?.("textarea[data-people]")) return;
  const letters = begun(box), mine = ++asked;
  if (letters === null) { close(); return; }
  const answer = await fetch(`${box.dataset.people}?q=${encodeURIComponent(letters)}`, { redirect: "error" }).catch(() => null);
  if (answer?.ok && mine === asked) show(box, (await answer.json()).people);
});

document.addEventListener("keydown", (event) => {
  if (!list() || !event.target.matches("textarea[data-people]")) return;
  const all = options(), at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(all[(at + step + all.length) % all.length]);
  else if (event.key === "Enter" || event.key === "Tab") take(all[at]);
  else if (event.key === "Escape") { asked++; close(); }
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// Before the box loses the focus, so that a click takes a name.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.(`#${LIST} li`);
  if (option) { event.preventDefault(); take(option); }
});
document.addEventListener("focusout", (event) => { if (event.target.matches?.("textarea[data-people]")) close(); });

document.addEventListener("keydown", (event) => {
  const { typing, busy } = window.tower;
  if (event.key !== "m" || typing(event.target) || busy() || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("comment-text");
  if (box) { event.preventDefault(); box.focus(); box.scrollIntoView({ block: "center" }); }
});
