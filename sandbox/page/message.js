// One message: avatar, name, time, its blocks or text, what hangs on it (thread, "only visible to you").

import { keepBlocks, timeSign } from "./blocks.js";
import { dayKey, fullDate, shortStamp, timeOf } from "./dates.js";
import { h, icon, fill } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { colourOf, desk, env, go, initials } from "./state.js";

export function author(message, names) {
  const found = names.people.get(message.user);
  if (message.is_bot || message.user === desk.state.bot?.user_id) {
    return { id: message.user, real_name: desk.state.bot?.name || found?.real_name || "App", is_bot: true };
  }
  return found || { id: message.user, real_name: message.user };
}

export function avatar(person, size = "") {
  const node = h("span", { class: `avatar ${size}${person.is_bot ? " bot" : ""}`, "aria-hidden": "true" },
    person.is_bot ? icon("bolt") : initials(person));
  if (!person.is_bot) node.style.background = colourOf(person);
  return node;
}

function head(message, who, names) {
  const at = Number(message.ts);
  return [
    h("span", { class: "name", dir: "auto" }, who.real_name || who.name),
    who.is_bot && h("span", { class: "badge" }, "APP"),
    h("time", { class: "stamp", datetime: new Date(at * 1000).toISOString(), title: fullDate(at, names.tz) }, timeOf(at, names.tz)),
    message.edited && h("span", { class: "edited" }, "(edited)"),
  ];
}

function replyLine(message, names, place) {
  const replies = message.replies || [];
  const count = message.reply_count || replies.length;
  if (!count || place.inThread) return null;
  const faces = [...new Map(replies.map((reply) => [reply.user, author(reply, names)])).values()].slice(0, 4);
  const last = replies.at(-1);
  return h("button", { type: "button", class: "thread-line", "data-testid": `thread-${message.ts}`, "data-focus": `thread-${message.ts}`,
    onclick: () => go({ thread: message.ts }) },
  h("span", { class: "faces" }, faces.map((one) => avatar(one, "tiny"))),
  h("strong", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
  last && h("span", { class: "soft" }, `Last reply ${shortStamp(Number(last.ts), names.tz, names.now)}`));
}

function broadcastLine(message, place) {
  if (!message.reply_broadcast) return null;
  if (place.inThread) return h("div", { class: "origin" }, icon("hash"), "Also sent to the channel");
  return h("div", { class: "origin" }, icon("reply"), h("button", { type: "button", class: "link", "data-testid": `thread-${message.ts}`,
    "data-focus": `thread-${message.ts}`, onclick: () => go({ thread: message.thread_ts }) }, "replied to a thread"));
}

function tools(message, place) {
  if (place.inThread || message.ephemeral || message.reply_count || message.replies?.length || message.reply_broadcast) return null;
  return h("button", { type: "button", class: "icon-button reply-tool", "data-testid": `thread-${message.ts}`, "data-focus": `reply-${message.ts}`,
    title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => go({ thread: message.ts }) }, icon("reply"));
}

/** The part of the message that clicks send: where the element stands. */
function targetOf(message, place) {
  const target = { channel: place.channel, ts: message.ts };
  if (message.thread_ts) target.thread_ts = message.thread_ts;
  if (message.ephemeral) target.ephemeral_id = message.ephemeral_id || message.ts;
  return target;
}

export function updateMessage(node, message, place) {
  const names = env();
  const who = author(message, names);
  const parts = node.parts;
  node.className = ["message", message.mentions_me && "mentions", message.ephemeral && "ephemeral", place.compact && "compact"]
    .filter(Boolean).join(" ");
  node.setAttribute("aria-label", `${who.real_name || who.name}, ${timeOf(Number(message.ts), names.tz)}`);
  const key = `message:${place.channel}:${message.ts}`;
  Object.assign(parts.ctx, { key, target: targetOf(message, place), blocks: message.blocks, env: names });
  fill(parts.side, place.compact ? h("span", { class: "stamp" }, timeOf(Number(message.ts), names.tz).replace(/ .M$/, "")) : avatar(who));
  fill(parts.note, message.ephemeral && h("div", { class: "origin" }, icon("eye"), "Only visible to you"), broadcastLine(message, place));
  fill(parts.head, place.compact ? null : head(message, who, names));
  parts.head.hidden = Boolean(place.compact);
  const blocks = message.blocks?.length ? message.blocks : [];
  keepBlocks(parts.blocks, blocks, parts.ctx);
  fill(parts.text, blocks.length ? null : mrkdwn(message.text, names));
  fill(parts.foot, message.edited && place.compact && h("span", { class: "edited" }, "(edited)"), replyLine(message, names, place));
  fill(parts.tools, tools(message, place));
}

export function messageNode(message, place) {
  const parts = { ctx: {}, side: h("div", { class: "message-side" }), note: h("div", { class: "message-note" }),
    head: h("div", { class: "message-head" }), text: h("div", { class: "message-text" }), blocks: h("div", { class: "blocks" }),
    foot: h("div", { class: "message-foot" }), tools: h("div", { class: "message-tools" }) };
  const node = h("article", { "data-testid": `${place.inThread ? "thread-message" : "message"}-${message.ts}`, "data-ts": message.ts },
    parts.note, parts.side, h("div", { class: "message-body" }, parts.head, parts.text, parts.blocks, parts.foot), parts.tools);
  node.parts = parts;
  updateMessage(node, message, place);
  return node;
}

/** Changes when the message must be drawn again: its content, who looks, and the day when a date is shown in words. */
export function messageSign(message, place) {
  const names = env();
  const json = JSON.stringify(message);
  const ages = timeSign(json, names) || (message.reply_count ? dayKey(names.now, names.tz) : "");
  return `${names.me}|${names.tz}|${place.compact}|${place.inThread}|${ages}|${json}`;
}
