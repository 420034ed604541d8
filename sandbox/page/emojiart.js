// Small drawings for the emoji a desk uses most, for machines without an emoji font. Where the font has the glyph, the glyph is shown.

import { h, svg } from "./dom.js";

const INK = "#3d3a40";
const disc = (fill) => [["circle", { cx: 10, cy: 10, r: 8, fill }]];
const line = (d, stroke = INK, width = 2) => ["path", { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" }];
const shape = (d, fill) => ["path", { d, fill }];
const tile = (fill) => ["rect", { x: 2, y: 2, width: 16, height: 16, rx: 4, fill }];
const clock = [["circle", { cx: 10, cy: 10, r: 7.5, fill: "#fff", stroke: "#c0392b", "stroke-width": 1.8 }], line("M10 6v4l2.6 1.8")];
const STAR = shape("M10 1.8l2.5 5.4 5.9.7-4.4 4 1.2 5.8-5.2-2.9-5.2 2.9 1.2-5.8-4.4-4 5.9-.7z", "#f2b632");
const letter = [["rect", { x: 1.5, y: 4, width: 17, height: 12, rx: 2, fill: "#eef2f7", stroke: "#6b7a90", "stroke-width": 1.3 }], line("M2.5 5.5l7.5 5.5 7.5-5.5", "#6b7a90", 1.3)];
const paper = [["rect", { x: 3.5, y: 2, width: 13, height: 16, rx: 1.5, fill: "#fdfbf4", stroke: "#9b9079", "stroke-width": 1.2 }], line("M6.5 6.5h7M6.5 10h7M6.5 13.5h4", "#9b9079", 1.2)];
const person = (fill) => [["circle", { cx: 10, cy: 6.5, r: 3.8, fill }], shape("M2.8 18c.4-4.6 3.2-6.8 7.2-6.8s6.8 2.2 7.2 6.8z", fill)];
const hand = (turn) => [["g", { transform: `rotate(${turn} 10 10)` }, [shape("M6 18V9.5a1.2 1.2 0 0 1 2.3 0V4a1.2 1.2 0 0 1 2.3 0v4.5-5.5a1.2 1.2 0 0 1 2.3 0V9v-4a1.2 1.2 0 0 1 2.3 0v8.5c0 3-2 4.5-4.6 4.5z", "#f4c15d"), line("M8.3 4.5V10M10.6 4.5V10M12.9 5V10", "#b98314", 0.9)]]];
const lock = [["rect", { x: 4, y: 9, width: 12, height: 9, rx: 2, fill: "#e3a52c" }], line("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9", "#7a7a80")];
const calendar = [["rect", { x: 2.5, y: 3.5, width: 15, height: 14, rx: 2, fill: "#fff", stroke: "#8b8b95", "stroke-width": 1.2 }], ["rect", { x: 2.5, y: 3.5, width: 15, height: 4.5, fill: "#d4453d" }], line("M6 11.5h2M10 11.5h2M6 14.5h2", "#8b8b95", 1.6)];
const sand = [shape("M5 3h10c0 4-3 5-4 7 1 2 4 3 4 7H5c0-4 3-5 4-7-1-2-4-3-4-7z", "#e8d9b0"), line("M4.5 2.5h11M4.5 17.5h11", "#8a6d3b"), shape("M7 16.5c.5-2 2-2.5 3-3.5 1 1 2.5 1.5 3 3.5z", "#d19a2e")];

const ART = {
  "✅": [tile("#2fa36b"), line("M5.5 10.5l3 3 6-7", "#fff", 2.4)], "✔": [line("M3.5 11l4.5 4.5L16.5 5", "#2f8f5f", 3)],
  "☑": [tile("#3f6fb5"), line("M5.5 10.5l3 3 6-7", "#fff", 2.4)], "❌": [line("M4 4l12 12M16 4L4 16", "#d4344f", 3.2)],
  "❎": [tile("#2fa36b"), line("M6 6l8 8M14 6l-8 8", "#fff", 2.4)], "⛔": [...disc("#d4344f"), line("M6 10h8", "#fff", 3)],
  "🚫": [["circle", { cx: 10, cy: 10, r: 7, fill: "none", stroke: "#d4344f", "stroke-width": 2.6 }], line("M5.2 5.2l9.6 9.6", "#d4344f", 2.6)],
  "⚠": [shape("M10 2l8.5 15.5h-17z", "#f2b632"), line("M10 7.5v5M10 15v.1", INK, 2)],
  "🚨": [shape("M4.5 15V10a5.5 5.5 0 0 1 11 0v5z", "#e0443e"), shape("M3 15h14v3H3z", "#6b6b75"), line("M10 1v1.5M3 4l1 1M17 4l-1 1", "#e0443e", 1.6)],
  "❗": [line("M10 3v9", "#d4344f", 3.4), line("M10 16.5v.1", "#d4344f", 3.4)], "❓": [line("M6.5 7a3.5 3.5 0 1 1 5 3c-1.2.7-1.5 1.3-1.5 2.5M10 16.5v.1", "#d4344f", 2.6)],
  "ℹ": [tile("#3f6fb5"), line("M10 9.5v5M10 6v.1", "#fff", 2.4)], "💡": [shape("M10 1.5a6 6 0 0 1 3.5 10.9V15h-7v-2.6A6 6 0 0 1 10 1.5z", "#f5c842"), shape("M7 16h6v1.5l-1.5 1h-3L7 17.5z", "#85858f")],
  "🔔": [shape("M10 2a5.5 5.5 0 0 1 5.5 5.5c0 4 1.5 5.5 2 7h-15c.5-1.5 2-3 2-7A5.5 5.5 0 0 1 10 2z", "#e9b432"), shape("M8 15.5h4a2 2 0 0 1-4 0z", "#b98314")],
  "⏳": sand, "⌛": sand, "⏰": clock, "⏱": clock, "⏲": clock, "🕐": clock, "🕒": clock, "📅": calendar, "🗓": calendar,
  "🔴": disc("#d4344f"), "🔵": disc("#3a78c9"), "🟠": disc("#e8832a"), "🟡": disc("#efc12f"), "🟢": disc("#35a06a"), "🟣": disc("#8a5cc2"),
  "⚪": [["circle", { cx: 10, cy: 10, r: 7.5, fill: "#fff", stroke: "#9a97a0", "stroke-width": 1.4 }]], "⚫": disc("#2d2a31"),
  "⭐": [STAR], "🌟": [STAR], "✨": [shape("M8 2l1.6 4.4L14 8l-4.4 1.6L8 14l-1.6-4.4L2 8l4.4-1.6zM15 11l.9 2.6 2.6.9-2.6.9L15 18l-.9-2.6-2.6-.9 2.6-.9z", "#f2b632")],
  "🎉": [shape("M2 18l4-11 7 7z", "#d99a2b"), line("M12 8l2-2M14 11l3-.5M9.5 6L10 3", "#b5527f", 1.8), ["circle", { cx: 16, cy: 4, r: 1.4, fill: "#3f9c79" }]],
  "📞": [line("M5 3l3 4-1.8 2c1 2.2 2.6 3.8 4.8 4.8l2-1.8 4 3c-.5 2-1.8 2.8-3.5 2.5C8.5 16.5 3.5 11.5 2.5 6.5 2.2 4.8 3 3.5 5 3z", "#4a5a6a", 1.8)],
  "📱": [["rect", { x: 5, y: 1.5, width: 10, height: 17, rx: 2.2, fill: "#4a5a6a" }], ["rect", { x: 6.5, y: 4, width: 7, height: 10.5, fill: "#cfe0f1" }]],
  "✉": letter, "📨": letter, "📫": letter, "📥": letter, "📤": letter, "📝": paper, "📋": paper, "📄": paper,
  "📌": [shape("M7 2h6l-.8 6 2.8 3H5l2.8-3z", "#d4344f"), line("M10 11v7", "#6b6b75", 1.6)], "🔒": lock, "🔓": lock,
  "🔑": [["circle", { cx: 6.5, cy: 10, r: 4, fill: "none", stroke: "#d9a02b", "stroke-width": 2.4 }], line("M10.5 10H18v3M15 10v2.5", "#d9a02b", 2.4)],
  "🔍": [["circle", { cx: 8.5, cy: 8.5, r: 5.5, fill: "#dcecf9", stroke: "#55616e", "stroke-width": 1.8 }], line("M12.8 12.8L17.5 17.5", "#8a5a34", 2.6)],
  "🔗": [line("M8.5 11.5l3-3M7 9l-2.5 2.5a3 3 0 0 0 4 4L11 13M13 11l2.5-2.5a3 3 0 0 0-4-4L9 7", "#5b6b7c", 2)],
  "🔄": [tile("#3f6fb5"), line("M5.5 9a5 5 0 0 1 8.5-2M14.5 11a5 5 0 0 1-8.5 2M14 4v3h-3M6 16v-3h3", "#fff", 1.7)],
  "📊": [tile("#eef2f7"), line("M6 15V9M10 15V5M14 15v-4", "#3f6fb5", 2.4)], "📣": [shape("M3 8l11-5v14L3 12z", "#d4344f"), line("M6 13l1 4", "#8a8a94")],
  "⏸": [tile("#3f6fb5"), line("M7.5 6.5v7M12.5 6.5v7", "#fff", 2.4)], "▶": [tile("#3f6fb5"), shape("M7.5 5.5v9l7-4.5z", "#fff")],
  "👋": hand(-20), "✋": hand(0), "🙏": hand(0), "👤": person("#5d6a86"), "👥": [...person("#8793ad"), ...person("#5d6a86")],
  "👍": [shape("M3 9h3v9H3zM7 9l3-7c1.8 0 2.5 1.2 2.2 2.8L11.6 8H16c1.5 0 2 1 1.8 2.2l-1.2 6c-.2 1.2-1 1.8-2 1.8H7z", "#f4c15d")],
  "🌱": [line("M10 18V9", "#5b8f3a"), shape("M10 10C4 10 3 6 3 4c5 0 7 2 7 6zM10 9c0-4 2-6 7-6 0 4-2 6-7 6z", "#6fb04a")],
  "❤": [shape("M10 17.5C3 12.5 2 9 2 7a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 2-1 5.5-8 10.5z", "#d4344f")],
  "⚡": [shape("M11.5 1L4 11.5h4.5L7.5 19 16 8h-5z", "#f2b632")], "💬": [shape("M2 4h16v10H9l-4 4v-4H2z", "#cfd8e6"), line("M5.5 8h9M5.5 11h6", "#5b6b7c", 1.4)],
};

const bare = (glyph) => glyph.replace(/\uFE0F/g, "");
const known = new Map();

function pixels(canvas, glyph) {
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.clearRect(0, 0, 24, 24);
  pen.font = '16px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif';
  pen.fillText(glyph, 2, 18);
  return pen.getImageData(0, 0, 24, 24).data;
}

/** Whether this machine draws the glyph in colour; a monochrome stand-in or an empty box does not count. */
function fontHas(glyph) {
  if (!known.has(glyph)) {
    const data = pixels(document.createElement("canvas"), glyph);
    let coloured = false;
    for (let at = 0; at < data.length && !coloured; at += 4) coloured = data[at + 3] > 60 && Math.max(data[at], data[at + 1], data[at + 2]) > 40;
    known.set(glyph, coloured);
  }
  return known.get(glyph);
}

function draw([tag, props, children]) {
  return svg(tag, props, (children || []).map(draw));
}

/** A node for one emoji, with its name for screen readers. */
export function emojiNode(glyph, name) {
  const label = (name || "").replaceAll("_", " ");
  const art = ART[bare(glyph)];
  const drawn = art && !fontHas(glyph) ? svg("svg", { viewBox: "0 0 20 20", class: "emoji-art", "aria-hidden": "true" }, art.map(draw)) : glyph;
  return h("span", { class: "emoji", role: "img", "aria-label": label || glyph, title: name ? `:${name}:` : undefined }, drawn);
}

const GLYPHS = new RegExp(`(${Object.keys(ART).join("|")})\uFE0F?`, "u");

/** Plain text with the emoji in it drawn where the font lacks them. Returns text and nodes. */
export function withGlyphs(text) {
  if (!GLYPHS.test(text)) return [text];
  const out = [];
  let rest = text;
  for (let found = GLYPHS.exec(rest); found; found = GLYPHS.exec(rest)) {
    if (found.index) out.push(rest.slice(0, found.index));
    out.push(emojiNode(found[0]));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) out.push(rest);
  return out;
}
