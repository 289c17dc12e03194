// What every page needs: theme, dialogs, menus, toasts, times that go on.
const root = document.documentElement;

function toggleTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  document.dispatchEvent(new CustomEvent("theme", { detail: root.dataset.theme }));
}

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const input = dialog.querySelector("input");
  if (input) { input.select(); window.htmx.trigger(input, "open-palette"); }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-theme-toggle]")) toggleTheme();
  const opener = target.closest("[data-open]");
  if (opener) { event.preventDefault(); open(opener.dataset.open); }
  if (target.matches("dialog")) target.close();
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
});
