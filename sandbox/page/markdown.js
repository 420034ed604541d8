// Standard Markdown, as the markdown block takes it. A small part of the language: what an app writes, not what a book needs.

import { h, fragment } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const INLINE = [
  [/^`([^`]+)`/, (m) => h("code", {}, m[1])],
  [/^!\[([^\]]*)\]\(([^)\s]+)\)/, (m) => link(m[2], m[1] || m[2])],
  [/^\[([^\]]+)\]\(([^)\s]+)\)/, (m) => link(m[2], spans(m[1]))],
  [/^<(https?:\/\/[^>\s]+)>/, (m) => link(m[1], m[1])],
  [/^\*\*\*(\S(?:.*?\S)?)\*\*\*/, (m) => h("strong", {}, h("em", {}, spans(m[1])))],
  [/^\*\*(\S(?:.*?\S)?)\*\*/, (m) => h("strong", {}, spans(m[1]))],
  [/^__(\S(?:.*?\S)?)__/, (m) => h("strong", {}, spans(m[1]))],
  [/^~~(\S(?:.*?\S)?)~~/, (m) => h("del", {}, spans(m[1]))],
  [/^\*(\S(?:.*?\S)?)\*/, (m) => h("em", {}, spans(m[1]))],
  [/^_(\S(?:.*?\S)?)_(?![\p{L}\p{N}])/u, (m) => h("em", {}, spans(m[1]))],
];

function spans(text) {
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    if (text[at] === "\\" && /[\\`*_~[\]<>#-]/.test(text[at + 1] || "")) { plain += text[at + 1]; at += 2; continue; }
    const rest = "`![<*_~".includes(text[at]) ? text.slice(at) : "";
    const rule = rest && INLINE.find(([pattern]) => pattern.test(rest));
    if (!rule) { plain += text[at]; at += 1; continue; }
    const found = rule[0].exec(rest);
    if (plain) out.push(withEmoji(plain));
    plain = "";
    out.push(rule[1](found));
    at += found[0].length;
  }
  if (plain) out.push(withEmoji(plain));
  return fragment(...out);
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
}

function table(rows) {
  const [head, , ...body] = rows.map(cells);
  return h("div", { class: "scroller" }, h("table", { class: "table" },
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, spans(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, row.map((cell) => h("td", {}, spans(cell))))))));
}

function listItem(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return h("li", {}, spans(text));
  return h("li", { class: "task" }, h("span", { "aria-label": task[1] === " " ? "to do" : "done" }, task[1] === " " ? "☐ " : "☑ "),
    spans(task[2]));
}

const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*\d+[.)]\s+(.*)$/;
const STARTS = /^(#{1,6}\s|```|>|\s*[-*+]\s|\s*\d+[.)]\s|---+$|\*\*\*+$)/;

function take(lines, at, test) {
  let end = at;
  while (end < lines.length && test(lines[end])) end += 1;
  return [lines.slice(at, end), end];
}

function piece(lines, at) {
  const line = lines[at];
  if (!line.trim()) return [null, at + 1];
  if (line.startsWith("```")) {
    const [code, end] = take(lines, at + 1, (next) => !next.startsWith("```"));
    return [h("pre", {}, code.join("\n")), end + 1];
  }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return [h("p", { class: `heading h${heading[1].length}`, role: "heading", "aria-level": "4" }, spans(heading[2])), at + 1];
  if (/^(---+|\*\*\*+)$/.test(line.trim())) return [h("hr"), at + 1];
  if (line.startsWith(">")) {
    const [quoted, end] = take(lines, at, (next) => next.startsWith(">"));
    return [h("blockquote", {}, read(quoted.map((next) => next.replace(/^>\s?/, "")))), end];
  }
  for (const [pattern, tag] of [[BULLET, "ul"], [NUMBER, "ol"]]) {
    if (!pattern.test(line)) continue;
    const [items, end] = take(lines, at, (next) => pattern.test(next));
    return [h(tag, {}, items.map((item) => listItem(pattern.exec(item)[1]))), end];
  }
  if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] || "") && lines[at + 1].includes("-")) {
    const [rows, end] = take(lines, at, (next) => next.includes("|"));
    return [table(rows), end];
  }
  const [words, end] = take(lines, at, (next) => next.trim() && (next === line || !STARTS.test(next)));
  return [h("p", {}, words.map((word, index) => [index ? h("br") : null, spans(word)])), Math.max(end, at + 1)];
}

function read(lines) {
  const out = [];
  for (let at = 0; at < lines.length;) {
    const [node, next] = piece(lines, at);
    if (node) out.push(node);
    at = next;
  }
  return out;
}

export function markdown(text) {
  return h("div", { class: "markdown", dir: "auto" }, read(String(text ?? "").replaceAll("\r", "").split("\n")));
}
