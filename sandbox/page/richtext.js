// The rich_text block: Slack's own tree of sections, lists, quotes and preformatted text.

import { slackDate, fullDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { emojiNode } from "./emojiart.js";
import { link, personChip, channelChip } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "del"], ["underline", "u"]];

function styled(part, node) {
  return STYLES.reduce((inner, [name, tag]) => (part.style?.[name] ? h(tag, {}, inner) : inner), node);
}

function broken(text) {
  return String(text ?? "").split("\n").map((line, index) => [index ? h("br") : null, withEmoji(line)]);
}

const PARTS = {
  text: (part) => styled(part, h("span", {}, broken(part.text))),
  link: (part) => styled(part, link(part.url, part.text || part.url)),
  user: (part, env) => styled(part, personChip(part.user_id, env)),
  channel: (part, env) => styled(part, channelChip(part.channel_id, env)),
  usergroup: (part) => h("span", { class: "chip" }, `@${part.usergroup_id}`),
  broadcast: (part) => h("span", { class: "chip me" }, `@${part.range}`),
  emoji: (part) => (emoji(part.name) ? emojiNode(emoji(part.name), part.name) : `:${part.name}:`),
  color: (part) => h("code", {}, part.value),
  date: (part, env) => {
    const text = slackDate(part.timestamp, part.format || "{date_short}", env.tz, env.now) ?? part.fallback;
    const node = h("time", { title: fullDate(part.timestamp, env.tz) }, text);
    return part.url ? link(part.url, node) : node;
  },
};

function run(parts, env) {
  return (parts || []).map((part) => (PARTS[part.type] ? PARTS[part.type](part, env) : part.text || ""));
}

function list(node, env) {
  const tag = node.style === "ordered" ? "ol" : "ul";
  return h(tag, { class: `rich-list indent-${Math.min(node.indent || 0, 6)}`, start: node.offset ? node.offset + 1 : undefined },
    (node.elements || []).map((item) => h("li", {}, run(item.elements, env))));
}

const SECTIONS = {
  rich_text_section: (node, env) => h("div", { class: "rich-section" }, run(node.elements, env)),
  rich_text_list: list,
  rich_text_quote: (node, env) => h("blockquote", {}, run(node.elements, env)),
  rich_text_preformatted: (node, env) => h("pre", {}, run(node.elements, env)),
};

export function richText(block, env) {
  return h("div", { class: "rich", dir: "auto" },
    (block.elements || []).map((node) => (SECTIONS[node.type] || SECTIONS.rich_text_section)(node, env)));
}
