// Draws the page's charts from its JSON. Colours are those of the style sheet, so that they follow the
// theme; a click on a bar or a dot opens the list of what it counts.
const figures = JSON.parse(document.getElementById("figures")?.textContent ?? "{}");
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

// Room at the right for the longest number that stands at the end of a bar.
function room(data) {
  const ends = data.flatMap((trace) => (trace.mode === "text" ? trace.text : []));
  return 12 + 6.4 * Math.max(0, ...ends.map((end) => end.length));
}

function layout(given, data) {
  const style = getComputedStyle(document.body);
  return {
    ...given,
    xaxis: { ...axis(given.xaxis), showline: given.xaxis.visible !== false },
    yaxis: { ...axis(given.yaxis), showline: false, ticksuffix: `${given.yaxis.ticksuffix ?? ""}  ` },
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

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };

function draw(place) {
  const { data, layout: given } = figures[place.dataset.figure];
  return window.Plotly.react(place, data.map(dressed), layout(given, data), CONFIG);
}

async function start(place) {
  await draw(place);
  const address = (event) => event.points[0]?.customdata;
  place.on("plotly_hover", (event) => place.classList.toggle("over", Boolean(address(event))));
  place.on("plotly_unhover", () => place.classList.remove("over"));
  place.on("plotly_click", (event) => {
    const href = address(event);
    if (!href) return;
    if (event.event.ctrlKey || event.event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  });
}

const places = [...document.querySelectorAll("[data-figure]")];
places.forEach(start);

const redraw = () => places.filter((place) => place.offsetWidth).forEach(draw);
document.addEventListener("theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-table-toggle]");
  if (!button) return;
  const chart = button.closest(".chart");
  const tabled = chart.classList.toggle("tabled");
  button.setAttribute("aria-pressed", tabled);
  button.textContent = tabled ? button.dataset.chart : button.dataset.table;
  if (!tabled) chart.querySelectorAll("[data-figure]").forEach(draw);
});
