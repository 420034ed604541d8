// Slack's mrkdwn, read into DOM nodes. Only here are the three entities (&amp; &lt; &gt;) turned back into characters,
// and only at the very end of the way, inside a text node.

import { slackDate, fullDate } from "./dates.js";
import { h, fragment } from "./dom.js";
import { emoji } from "./emoji.js";
import { emojiNode, withGlyphs } from "./emojiart.js";

const SAFE = /^(https?:\/\/|mailto:|tel:|slack:\/\/)/i;
const MARKS = { "*": "strong", _: "em", "~": "del" };

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function link(url, ...label) {
  if (!SAFE.test(url)) return fragment(...label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

export function personChip(id, env, label) {
  const person = env.people.get(id);
  const name = person ? person.real_name || person.name : label || id;
  const mine = id === env.me ? " me" : "";
  return h("span", { class: `chip person${mine}`, title: person?.title || undefined, "data-user": id }, `@${name}`);
}

export function channelChip(id, env, label) {
  const name = env.channels.get(id)?.name || label || id;
  return h("a", { class: "chip channel", href: `#as=${env.me}&at=${id}` }, `#${name}`);
}

function dateChip(body, fallback, env) {
  const [, seconds, pattern, url] = body.split("^");
  const at = Number(seconds);
  const text = slackDate(at, unescape(pattern || ""), env.tz, env.now);
  if (text === null) return document.createTextNode(unescape(fallback || body));
  const node = h("time", { datetime: new Date(at * 1000).toISOString(), title: fullDate(at, env.tz) }, text);
  return url ? link(unescape(url), node) : node;
}

function entity(inner, env) {
  const bar = inner.indexOf("|");
  const [body, label] = bar < 0 ? [inner, ""] : [inner.slice(0, bar), unescape(inner.slice(bar + 1))];
  if (/^@[UW][A-Z0-9]+$/.test(body)) return personChip(body.slice(1), env, label);
  if (/^#[CG][A-Z0-9]+$/.test(body)) return channelChip(body.slice(1), env, label);
  if (/^!(here|channel|everyone)$/.test(body)) return h("span", { class: "chip me" }, `@${body.slice(1)}`);
  if (body.startsWith("!subteam^")) return h("span", { class: "chip" }, label || "@group");
  if (body.startsWith("!date^")) return dateChip(body, bar < 0 ? "" : inner.slice(bar + 1), env);
  if (SAFE.test(body)) return link(unescape(body), label || unescape(body).replace(/^mailto:|^tel:/, ""));
  return document.createTextNode(unescape(`<${inner}>`));
}

const wordy = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** Where the mark opened at `from` closes, or -1. Marks inside code and <…> do not count. */
function closing(text, from) {
  const mark = text[from];
  if (wordy(text[from - 1]) || text[from + 1] === undefined || /\s/.test(text[from + 1]) || text[from + 1] === mark) return -1;
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\n") return -1;
    if (character === "`" || character === "<") {
      const end = text.indexOf(character === "<" ? ">" : "`", at + 1);
      if (end > 0) at = end;
    } else if (character === mark && !/\s/.test(text[at - 1]) && !wordy(text[at + 1])) return at;
  }
  return -1;
}

function bareLink(text, at) {
  if (wordy(text[at - 1])) return null;
  const found = /^https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)"'*_~]/.exec(text.slice(at, at + 2000));
  return found && found[0];
}

function codeToken(text, at, env) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
  return [h("code", {}, codeText(text.slice(at + 1, end), env)), end];
}

function entityToken(text, at, env) {
  const end = text.indexOf(">", at);
  return end > at + 1 ? [entity(text.slice(at + 1, end), env), end] : null;
}

function markToken(text, at, env) {
  const end = closing(text, at);
  return end > 0 ? [h(MARKS[text[at]], {}, inline(text.slice(at + 1, end), env)), end] : null;
}

function emojiToken(text, at) {
  const found = /^:([a-z0-9_+-]+):/.exec(text.slice(at, at + 60));
  const glyph = found && emoji(found[1]);
  if (!glyph) return null;
  return [emojiNode(glyph, found[1]), at + found[0].length - 1];
}

function linkToken(text, at) {
  const url = bareLink(text, at);
  return url ? [link(unescape(url), unescape(url)), at + url.length - 1] : null;
}

const TOKENS = {
  "`": codeToken, "<": entityToken, "*": markToken, _: markToken, "~": markToken, ":": emojiToken, h: linkToken,
  "\n": (text, at) => [h("br"), at],
};

/** One run of text, without lines or quotes. */
export function inline(text, env) {
  const out = [];
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    const token = TOKENS[text[at]]?.(text, at, env);
    if (!token) { plain += text[at]; continue; }
    if (plain) out.push(...withGlyphs(unescape(plain)));
    plain = "";
    out.push(token[0]);
    at = token[1];
  }
  if (plain) out.push(...withGlyphs(unescape(plain)));
  return out;
}

function codeText(text, env) {
  return text.split(/(<[^<>]+>)/).map((part) => (/^<.+>$/.test(part) ? entity(part.slice(1, -1), env) : unescape(part)));
}

function lines(text, env) {
  const out = [];
  let quoted = [];
  const flush = () => { if (quoted.length) out.push(h("blockquote", {}, inline(quoted.join("\n"), env))); quoted = []; };
  text.split("\n").forEach((line) => {
    if (line.startsWith("&gt;")) { quoted.push(line.replace(/^&gt;\s?/, "")); return; }
    flush();
    const item = /^(\s*)([•◦▪‣-]|\d{1,3}[.)])\s+(.*)$/.exec(line);
    if (item) {
      out.push(h("div", { class: "item", style: `--deep:${Math.min(item[1].length, 8)}` },
        h("span", { class: "bullet" }, item[2]), h("span", {}, inline(item[3], env))));
    } else if (line === "") out.push(h("div", { class: "gap" }));
    else out.push(h("div", {}, inline(line, env)));
  });
  flush();
  return out;
}

/** A whole mrkdwn text. `env` names me, the zone, now, people and channels. */
export function mrkdwn(text, env) {
  const node = h("div", { class: "mrkdwn", dir: "auto" });
  String(text ?? "").split(/```\n?([\s\S]*?)\n?```\n?/).forEach((part, index) => {
    if (index % 2) node.append(h("pre", {}, codeText(part, env)));
    else if (part.replace(/\n$/, "")) node.append(...lines(part.replace(/\n$/, ""), env));
  });
  return node;
}
