// Readings of charts: the point nearest to the pointer, or chosen by arrow keys, in words.
// An SVG chart has them as labels of points that nobody sees; without this script the chart is an image.
"use strict";

const READINGS = '[class*="period_readings"] path[aria-label], [class*="bar_readings"] path[aria-label]';
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -12, PageDown: 12, Home: -Infinity, End: Infinity };

class ChartReader {
  constructor(chart) {
    this.chart = chart;
    this.image = chart.querySelector("img");
    this.groups = [];
    this.selected = -1;
    this.cursor = this.addElement("cursor");
    this.guide = this.addElement("guide");
    this.note = this.addElement("reading");
    this.dots = [];
    this.prepareCursor();
    chart.addEventListener("pointermove", event => this.followPointer(event));
    chart.addEventListener("pointerdown", event => this.followPointer(event));
    chart.addEventListener("pointerleave", () => this.hide());
  }

  addElement(name) {
    const element = document.createElement("div");
    element.className = name;
    this.chart.append(element);
    return element;
  }

  prepareCursor() {
    const properties = { role: "slider", tabindex: 0, "aria-label": "Points of the chart", "aria-valuemin": 1, "aria-valuemax": 1, "aria-valuenow": 1, "aria-valuetext": "Use the arrow keys" };
    for (const [name, value] of Object.entries(properties)) this.cursor.setAttribute(name, value);
    this.cursor.addEventListener("focus", async () => {
      await this.load();
      if (this.selected < 0) this.select(this.groups.length - 1);
    });
    this.cursor.addEventListener("blur", () => this.hide());
    this.cursor.addEventListener("keydown", event => this.followKey(event));
  }

  // The chart that is shown depends on the width of the page and on its colours.
  async load() {
    const url = this.image.currentSrc;
    if (url === this.url) return;
    this.url = url;
    const response = await fetch(url);
    if (!response.ok || url !== this.url) return;
    const drawing = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
    this.groups = groupPoints(drawing);
    this.selected = -1;
    this.cursor.setAttribute("aria-valuemax", this.groups.length);
  }

  async followPointer(event) {
    const box = this.image.getBoundingClientRect();
    const place = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    await this.load();
    let best = { distance: Infinity };
    this.groups.forEach((group, index) => {
      for (const point of group.points) {
        const distance = group.isBar ? Math.abs(point.y - place.y) : Math.abs(point.x - place.x) + Math.abs(point.y - place.y) / 1000;
        if (distance < best.distance) best = { distance, index, point };
      }
    });
    if (best.point) this.select(best.index, best.point);
  }

  followKey(event) {
    if (event.key === "Escape") return this.hide();
    const step = STEPS[event.key];
    if (step === undefined || !this.groups.length) return undefined;
    event.preventDefault();
    return this.select(Math.min(Math.max(this.selected + step, 0), this.groups.length - 1));
  }

  select(index, nearest = null) {
    const group = this.groups[index];
    if (!group) return;
    this.selected = index;
    const anchor = nearest ?? group.points[0];
    this.cursor.setAttribute("aria-valuenow", index + 1);
    this.cursor.setAttribute("aria-valuetext", `${group.heading}: ${group.points.map(point => point.words).join("; ")}`);
    this.note.replaceChildren(textElement("strong", group.heading), ...group.points.map(point => {
      const line = textElement("span", point.words);
      line.style.setProperty("--colour", point.colour);
      line.classList.toggle("nearest", point === anchor && group.points.length > 1);
      return line;
    }));
    this.placeNote(anchor);
    this.placeDots(group);
    this.chart.classList.add("reads");
  }

  placeNote(point) {
    const isRight = point.x > 0.5;
    this.note.style.left = isRight ? "auto" : percent(point.x);
    this.note.style.right = isRight ? percent(1 - point.x) : "auto";
    this.note.style.top = point.y > 0.5 ? "auto" : percent(point.y);
    this.note.style.bottom = point.y > 0.5 ? percent(1 - point.y) : "auto";
  }

  placeDots({ points, isBar }) {
    for (const dot of this.dots) dot.remove();
    this.guide.hidden = isBar;
    this.guide.style.left = percent(points[0].x);
    this.dots = points.map(point => {
      const dot = this.addElement("dot");
      dot.style.left = percent(point.x);
      dot.style.top = percent(point.y);
      dot.style.setProperty("--colour", point.colour);
      return dot;
    });
  }

  hide() {
    this.selected = -1;
    this.chart.classList.remove("reads");
  }
}

// The points of one period are one group, as is each bar; the words before the first colon are its heading.
function groupPoints(drawing) {
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  const groups = new Map();
  for (const path of drawing.querySelectorAll(READINGS)) {
    const [heading, ...words] = path.getAttribute("aria-label").split(": ");
    const isBar = path.closest('[class*="bar_readings"]') !== null;
    const [x, y] = position(path);
    const point = { x: x / width, y: y / height, words: words.join(": "), colour: path.getAttribute("fill") };
    const key = isBar ? groups.size : heading;
    if (!groups.has(key)) groups.set(key, { heading, isBar, points: [] });
    groups.get(key).points.push(point);
  }
  return [...groups.values()].sort((one, other) => one.isBar ? one.points[0].y - other.points[0].y : one.points[0].x - other.points[0].x);
}

// A point is moved by its own transformation and by those of the groups around it.
function position(element) {
  const sum = [0, 0];
  for (let each = element; each !== null; each = each.parentElement) {
    const match = /translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)/.exec(each.getAttribute("transform") ?? "");
    if (match) [sum[0], sum[1]] = [sum[0] + Number(match[1]), sum[1] + Number(match[2])];
  }
  return sum;
}

function textElement(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function percent(share) {
  return `${(100 * share).toFixed(2)}%`;
}

for (const chart of document.querySelectorAll(".chart")) new ChartReader(chart);
