// The data_visualization block as SVG: bar, line, area, pie. Every value can also be read in a table for screen readers.

import { h, svg } from "./dom.js";

const WIDE = 560;
const HIGH = 260;
const EDGE = { left: 46, right: 12, top: 12, bottom: 44 };
const colour = (index) => `var(--series-${(index % 6) + 1})`;

// What people count in: 1, 2 or 5 of something; of what is counted whole, never a part. Six lines at the most.
function stepOf(range, whole) {
  const least = (range || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least - 1e-9);
  return whole ? Math.max(step, 1) : step;
}

function show(value) {
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: 2, notation: value >= 100000 ? "compact" : "standard" }).format(value);
}

function pointOf(series, category, index) {
  const found = series.data?.find((point) => point.label === category) || series.data?.[index];
  return Number(found?.value ?? 0);
}

function frame(chart) {
  const series = chart.series || [];
  const axis = chart.axis_config || {};
  const categories = axis.categories || (series[0]?.data || []).map((point) => point.label);
  const values = series.map((one) => categories.map((category, index) => pointOf(one, category, index)));
  const low = Math.min(0, ...values.flat());
  const high = Math.max(0, ...values.flat());
  const step = stepOf(high - low, values.flat().every(Number.isInteger));
  const bottom = Math.floor(low / step) * step;
  const top = Math.max(Math.ceil(high / step - 1e-9) * step, bottom + step);
  const y = (value) => EDGE.top + (HIGH - EDGE.top - EDGE.bottom) * (1 - (value - bottom) / (top - bottom));
  const room = WIDE - EDGE.left - EDGE.right;
  const band = room / Math.max(1, categories.length);
  return { series, axis, categories, values, step, top, bottom, y, band, x: (index) => EDGE.left + band * (index + 0.5) };
}

function axes(f) {
  const count = Math.round((f.top - f.bottom) / f.step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((f.bottom + index * f.step).toPrecision(12)));
  const every = Math.ceil(f.categories.length / 10);
  return [
    ticks.map((tick) => [
      svg("line", { x1: EDGE.left, x2: WIDE - EDGE.right, y1: f.y(tick), y2: f.y(tick), class: tick === 0 ? "axis" : "grid" }),
      svg("text", { x: EDGE.left - 6, y: f.y(tick) + 4, "text-anchor": "end" }, show(tick)),
    ]),
    f.categories.map((category, index) => index % every === 0 &&
      svg("text", { x: f.x(index), y: HIGH - EDGE.bottom + 16, "text-anchor": "middle" }, category)),
    f.axis.x_label && svg("text", { x: WIDE / 2, y: HIGH - 6, "text-anchor": "middle", class: "axis-title" }, f.axis.x_label),
    f.axis.y_label && svg("text", { transform: `translate(11 ${HIGH / 2 - 12}) rotate(-90)`, "text-anchor": "middle", class: "axis-title" },
      f.axis.y_label),
  ];
}

function hint(name, category, value) {
  return svg("title", {}, `${name ? `${name}, ` : ""}${category}: ${show(value)}`);
}

function bars(f) {
  const gap = f.band * 0.22;
  const width = Math.min((f.band - gap) / f.series.length, 44);
  const start = (index) => f.x(index) - (width * f.series.length) / 2;
  return f.values.map((row, one) => row.map((value, index) => svg("rect", {
    x: start(index) + one * width, width: Math.max(width - 2, 1), y: Math.min(f.y(value), f.y(0)),
    height: Math.max(Math.abs(f.y(0) - f.y(value)), value ? 1 : 0), rx: 2, fill: colour(one),
  }, hint(f.series[one].name, f.categories[index], value))));
}

function path(f, row) {
  return row.map((value, index) => `${index ? "L" : "M"}${f.x(index)} ${f.y(value)}`).join("");
}

function lines(f, filled) {
  return f.values.map((row, one) => [
    filled && svg("path", { d: `${path(f, row)}L${f.x(row.length - 1)} ${f.y(0)}L${f.x(0)} ${f.y(0)}Z`, fill: colour(one), opacity: 0.28 }),
    svg("path", { d: path(f, row), fill: "none", stroke: colour(one), "stroke-width": 2.2, "stroke-linejoin": "round" }),
    row.map((value, index) => svg("circle", { cx: f.x(index), cy: f.y(value), r: 3.4, fill: colour(one) },
      hint(f.series[one].name, f.categories[index], value))),
  ]);
}

function slice(from, to, index, segment, whole) {
  const at = (part, radius) => {
    const angle = part * 2 * Math.PI - Math.PI / 2;
    return `${110 + radius * Math.cos(angle)} ${110 + radius * Math.sin(angle)}`;
  };
  const title = svg("title", {}, `${segment.label}: ${show(segment.value)} (${Math.round((segment.value / whole) * 100)} %)`);
  if (to - from > 0.9999) return svg("circle", { cx: 110, cy: 110, r: 100, fill: colour(index) }, title);
  const large = to - from > 0.5 ? 1 : 0;
  return svg("path", { d: `M110 110L${at(from, 100)}A100 100 0 ${large} 1 ${at(to, 100)}Z`, fill: colour(index), class: "slice" }, title);
}

function pie(chart) {
  const segments = chart.segments || [];
  const whole = segments.reduce((sum, segment) => sum + Number(segment.value || 0), 0) || 1;
  let from = 0;
  return svg("svg", { viewBox: "0 0 220 220", class: "pie", "aria-hidden": "true" }, segments.map((segment, index) => {
    const to = from + segment.value / whole;
    const node = slice(from, to, index, segment, whole);
    from = to;
    return node;
  }));
}

function legend(names) {
  return h("ul", { class: "legend", "aria-hidden": "true" }, names.map((name, index) =>
    h("li", {}, h("span", { class: "swatch", style: `background:${colour(index)}` }), name)));
}

function spoken(head, rows) {
  return h("table", { class: "sr-only" }, h("tbody", {},
    [head, ...rows].map((row, index) => h("tr", {}, row.map((cell) => h(index ? "td" : "th", {}, String(cell)))))));
}

function pieParts(chart) {
  const segments = chart.segments || [];
  const whole = segments.reduce((sum, segment) => sum + Number(segment.value || 0), 0) || 1;
  const names = segments.map((segment) => `${segment.label} · ${show(segment.value)} (${Math.round((segment.value / whole) * 100)} %)`);
  return [h("div", { class: "pie-row" }, pie(chart), legend(names)),
    spoken(["Part", "Value"], segments.map((segment) => [segment.label, segment.value]))];
}

function plotParts(chart) {
  const f = frame(chart);
  const drawing = chart.type === "bar" ? bars(f) : lines(f, chart.type === "area");
  return [
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "plot", "aria-hidden": "true" }, axes(f), drawing),
    f.series.length > 1 && legend(f.series.map((one) => one.name)),
    spoken(["Series", ...f.categories], f.series.map((one, index) => [one.name, ...f.values[index]])),
  ];
}

export function chart(block) {
  const data = block.chart || {};
  return h("figure", { class: "chart", "data-chart": data.type },
    h("figcaption", {}, block.title || ""), data.type === "pie" ? pieParts(data) : plotParts(data));
}
