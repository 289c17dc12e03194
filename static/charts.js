// Draws the page's charts from its JSON. Colours are those of the style sheet, so that they follow the
// theme; a click on a bar or a dot opens the list of what it counts.
const read = () => JSON.parse(document.getElementById("figures")?.textContent ?? "{}");
let figures = read();
const probe = document.createElementNS("http://www.w3.org/2000/svg", "rect");
document.querySelector(".sprite-probe")?.append(probe);

function colour(name) {
  probe.setAttribute("class", `f-${name}`);
  return getComputedStyle(probe).fill;
}

function dressed(trace) {
  if (trace.mode === "text") return { ...trace, textfont: { color: colour("value"), weight: 600 } };
  const paint = colour(trace.meta);
  const parted = trace.type === "bar" && trace.customdata.length <= 45;
  const line = { color: colour("surface"), width: parted ? 1 : 0 };
  const marker = { ...trace.marker, color: paint, line };
  return trace.type === "bar" ? { ...trace, marker } : { ...trace, marker, line: { ...trace.line, color: paint } };
}

function axis(given) {
  return {
    ...given,
    gridcolor: colour("grid"),
    linecolor: colour("axis"),
    tickfont: { color: colour("label") },
    ticks: "",
  };
}

const NARROW = 480; // pixels

// Room at the right for the longest number that stands at the end of a bar.
function room(data) {
  const ends = data.flatMap((trace) => (trace.mode === "text" ? trace.text : []));
  return 12 + 6.4 * Math.max(0, ...ends.map((end) => end.length));
}

// Beside each other, never aslant: on a narrow screen every other label, the last one always.
function labels({ tickvals, ticktext }, width) {
  if (!tickvals || width > NARROW) return {};
  const kept = (_each, at) => (tickvals.length - 1 - at) % 2 === 0;
  return { tickvals: tickvals.filter(kept), ticktext: ticktext.filter(kept) };
}

function layout(given, data, width) {
  const style = getComputedStyle(document.body);
  return {
    ...given,
    xaxis: { ...axis(given.xaxis), ...labels(given.xaxis, width), tickangle: 0, showline: given.xaxis.visible !== false },
    yaxis: { ...axis(given.yaxis), automargin: true, showline: false, ticksuffix: `${given.yaxis.ticksuffix ?? ""}  ` },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 40, r: room(data), t: 6, b: given.xaxis.visible === false ? 6 : 24, pad: 0 },
    font: { family: style.fontFamily, size: 11, color: colour("label") },
    hoverlabel: {
      bgcolor: colour("raised"),
      bordercolor: colour("axis"),
      font: { family: style.fontFamily, size: 12, color: colour("ink") },
    },
    showlegend: false,
  };
}

// Days can be brushed where there is a mouse: a finger that is drawn over a chart scrolls the page.
const brushed = (place) => Boolean(place.dataset.brush) && matchMedia("(pointer: fine)").matches;

function brushable(given) {
  const line = { color: colour("axis"), width: 1, dash: "dot" };
  return { ...given, dragmode: "select", selectdirection: "h", newselection: { line } };
}

// The days from the first to the last that was drawn over become the range of all tiles.
function chosen(place, event) {
  if (!event?.range) return;
  const [from, to] = event.range.x.map((position) => Math.round(position));
  const last = figures[place.dataset.figure].data[0].x.length - 1;
  const day = (position) => {
    const date = new Date(`${place.dataset.firstDay}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + Math.min(Math.max(position, 0), last));
    return date.toISOString().slice(0, 10);
  };
  const url = new URL(place.dataset.brush, location.href);
  url.searchParams.set("from", day(Math.min(from, to)));
  url.searchParams.set("to", day(Math.max(from, to)));
  location.assign(url);
}

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };

function draw(place) {
  const { data, layout: given } = figures[place.dataset.figure];
  const laid = layout(given, data, place.offsetWidth);
  return window.Plotly.react(place, data.map(dressed), brushed(place) ? brushable(laid) : laid, CONFIG);
}

async function start(place) {
  await draw(place);
  const address = (event) => event.points[0]?.customdata;
  place.on("plotly_hover", (event) => place.classList.toggle("over", Boolean(address(event))));
  place.on("plotly_unhover", () => place.classList.remove("over"));
  if (brushed(place)) place.on("plotly_selected", (event) => chosen(place, event));
  place.on("plotly_click", (event) => {
    const href = address(event);
    if (!href) return;
    if (event.event.ctrlKey || event.event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  });
}

const places = () => [...document.querySelectorAll("[data-figure]")];
places().forEach(start);

const redraw = () => places().filter((place) => place.offsetWidth).forEach(draw);
document.addEventListener("theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// The page was brought up to date (fresh.js): its numbers are others, and a chart may be new.
document.addEventListener("figures", () => {
  figures = read();
  for (const place of places().filter((each) => each.offsetWidth)) (place.on ? draw : start)(place);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-table-toggle]");
  if (!button) return;
  const chart = button.closest(".chart");
  const tabled = chart.classList.toggle("tabled");
  button.setAttribute("aria-pressed", tabled);
  button.textContent = tabled ? button.dataset.chart : button.dataset.table;
  if (!tabled) chart.querySelectorAll("[data-figure]").forEach((place) => (place.on ? draw : start)(place));
});
