// Files for a case: dropped, pasted, chosen or photographed. Each is sent by itself, as the bare body of a request.
const results = []; // {name, share, says, ok}; drawn again whenever the page around them was
const form = () => document.querySelector("[data-drop]");
let sending = 0;

function line(result) {
  const item = document.createElement("li");
  item.className = result.ok === undefined ? "going" : result.ok ? "good" : "worse";
  const words = document.createElement("span");
  words.textContent = result.says;
  item.append(words);
  if (result.ok === undefined) {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = result.share;
    bar.setAttribute("aria-label", result.name);
    item.append(bar);
  }
  return item;
}

const draw = () => document.getElementById("uploads")?.replaceChildren(...results.map(line));

function done(result, ok, says) {
  Object.assign(result, { ok, says });
  sending -= 1;
  draw();
  if (sending) return;
  const page = document.getElementById("case");
  if (page && results.some((each) => each.ok)) window.htmx.ajax("GET", location.href, { source: page, target: "#main", select: "#main > *", swap: "innerHTML" });
}

function send(file, name) {
  const { action, dataset } = form(), slot = form().querySelector("[name=slot]")?.value;
  const result = { name, share: 0, says: `${name} ${dataset.sending}`, ok: undefined };
  results.push(result);
  sending += 1;
  if (file.size > Number(dataset.largest)) { done(result, false, `${name}: ${dataset.tooLarge}`); return; }
  const request = new XMLHttpRequest(), query = new URLSearchParams({ name });
  if (slot) query.set("slot", slot);
  request.open("POST", `${action}?${query}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-CSRFToken", form().querySelector("[name=csrfmiddlewaretoken]").value);
  request.responseType = "json";
  request.upload.onprogress = (event) => { if (event.lengthComputable) { result.share = event.loaded / event.total; draw(); } };
  request.onload = () => { const told = request.response?.says ? request.response : { ok: false, says: `${name}: ${dataset.broken}` }; done(result, told.ok, told.says); };
  request.onerror = () => done(result, false, `${name}: ${dataset.broken}`);
  request.send(file);
  draw();
}

// A pasted picture has no name of its own: the time tells it from the others.
const called = (file) => (/^image\.\w+$/.test(file.name) ? `${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${file.type.split("/")[1]}` : file.name);
const sendAll = (files) => [...files].forEach((file) => send(file, called(file)));

function prepare() {
  const drop = form();
  if (!drop) return;
  drop.querySelector("[data-send]").hidden = true;
  drop.querySelectorAll(".only-script").forEach((each) => { each.hidden = false; });
  draw();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-drop] input[type=file]")) return;
  sendAll(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  if (!form() || !event.clipboardData?.files.length || event.target.matches?.("input, textarea")) return;
  event.preventDefault();
  sendAll(event.clipboardData.files);
});
// Anywhere on the page: a file that misses its place would else be opened instead of it.
for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
  if (!form() || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form().classList.toggle("over", kind === "dragover");
  if (kind === "drop") sendAll(event.dataTransfer.files);
});
document.addEventListener("htmx:afterSettle", prepare);
prepare();
