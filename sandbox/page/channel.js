// The middle of the page for a channel or a direct message: heading, messages, composer.

import { post } from "./api.js";
import { composer } from "./composer.js";
import { dayHeading, dayKey } from "./dates.js";
import { fill, h, holdFocus, icon, keep } from "./dom.js";
import { introduction } from "./intro.js";
import { author, messageNode, messageSign, updateMessage } from "./message.js";
import { say } from "./notices.js";
import { conversation, desk, env, go, unseen } from "./state.js";

/** Top level messages, with the thread replies that were also sent to the channel. */
function shownMessages(place) {
  const top = (place.messages || []).filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.reply_broadcast);
  const known = new Set(top.map((one) => one.ts));
  const sent = (place.messages || []).flatMap((one) => one.replies || []).filter((one) => one.reply_broadcast && !known.has(one.ts));
  return [...top, ...sent].sort((a, b) => Number(a.ts) - Number(b.ts));
}

function follows(message, before) {
  return before && before.user === message.user && !message.is_bot && !message.ephemeral && !before.ephemeral
    && !message.reply_broadcast && Number(message.ts) - Number(before.ts) < 300;
}

function rows(place, newFrom) {
  const names = env();
  const out = [];
  let day = "";
  let before = null;
  let marked = false;
  for (const message of shownMessages(place)) {
    const at = Number(message.ts);
    const its = dayKey(at, names.tz);
    if (its !== day) out.push({ key: `day-${its}`, text: dayHeading(at, names.tz, names.now) });
    if (!marked && newFrom && message.ts >= newFrom && out.length > 1) {
      marked = true;
      out.push({ key: "new", fresh: true, text: "New" });
    }
    const compact = its === day && Boolean(follows(message, before));
    day = its;
    before = message;
    out.push({ key: message.ephemeral ? `e-${message.ts}` : message.ts, message, place: { channel: place.id, compact, inThread: false } });
  }
  return out;
}

function title(place) {
  if (place.name) {
    return [h("h1", {}, icon(place.is_private ? "lock" : "hash"), place.name),
      h("p", { class: "topic", dir: "auto" }, place.is_archived ? "This channel is archived." : place.topic || "")];
  }
  return [h("h1", {}, desk.state.bot?.name || "App"), appTabs("messages")];
}

export function appTabs(which) {
  const tab = (name, label, at) => h("button", { type: "button", role: "tab", "aria-selected": String(which === name), class: "tab",
    "data-testid": `tab-${name}`, onclick: () => go({ at, thread: "" }) }, label);
  return h("div", { class: "tabs", role: "tablist", "aria-label": "App" },
    tab("home", "Home", "home"), tab("messages", "Messages", desk.state.dms?.[0]?.id || "dm"));
}

export function channelView(at) {
  const heading = h("header", { class: "view-head" });
  const list = h("div", { class: "messages", tabindex: "0", role: "region", "aria-label": "Messages", "data-testid": "messages" });
  const latest = h("button", { type: "button", class: "latest", hidden: true, onclick: () => { toBottom(); } }, icon("down"), "New messages");
  const intro = h("div");
  const compose = composer(at, () => ({}));
  const node = h("section", { class: "view conversation", "aria-label": "Conversation" }, heading, intro,
    h("div", { class: "scroll-frame" }, list, latest), compose.node);
  const newFrom = unseen(conversation(at))[0]?.ts || "";
  let reading = false;
  let bottom = false;
  let seen = null;
  let headSign = "";

  const atBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  function toBottom() {
    list.scrollTop = list.scrollHeight;
    bottom = true;
    latest.hidden = true;
  }
  list.addEventListener("scroll", () => { bottom = atBottom(); if (bottom) latest.hidden = true; });
  // A thread that opens beside it, or a turned phone, makes the lines longer: whoever read the end still does.
  new ResizeObserver(() => { if (bottom) toBottom(); }).observe(list);

  function tell(messages) {
    const fresh = messages.filter((one) => seen && !seen.has(one.ts) && one.user !== desk.place.as);
    seen = new Set(messages.map((one) => one.ts));
    if (fresh.length) say(`${fresh.length} new from ${author(fresh.at(-1), env()).real_name}`);
    return fresh.length > 0;
  }
  async function markSeen(place) {
    if (reading) return;
    reading = true;
    await post("read", { as: desk.place.as, channel: place.id });
    reading = false;
  }
  function jump() {
    const target = list.querySelector(`[data-ts="${CSS.escape(desk.place.msg)}"]`);
    if (!target) return false;
    target.scrollIntoView({ block: "center" });
    target.classList.add("flash");
    return true;
  }
  function update() {
    const place = conversation(at);
    if (!place) {
      fill(heading, h("h1", {}, desk.state.bot?.name || at), appTabs("messages"));
      fill(list, h("p", { class: "empty" }, "Nothing here yet."));
      return;
    }
    const sign = `${place.name}|${place.topic}|${place.is_archived}|${desk.place.as}`;
    if (sign !== headSign) fill(heading, title(place));
    headSign = sign;
    introduction(intro);
    const stay = atBottom();
    const first = seen === null;
    const items = rows(place, newFrom);
    if (!items.length) fill(list, h("p", { class: "empty" }, "No messages yet. What the desk posts appears here at once."));
    else {
      list.querySelector(":scope > .empty")?.remove();
      holdFocus(list, () => keep(list, items, {
        key: (row) => row.key,
        sign: (row) => (row.message ? messageSign(row.message, row.place) : row.text),
        build: (row) => (row.message ? messageNode(row.message, row.place)
          : h("div", { class: row.fresh ? "divider fresh" : "divider", role: "separator" }, h("span", {}, row.text))),
        update: (row, item) => (item.message ? updateMessage(row, item.message, item.place) : fill(row, h("span", {}, item.text))),
      }));
    }
    const news = tell(shownMessages(place));
    if (first) requestAnimationFrame(() => { if (!desk.place.msg || !jump()) toBottom(); });
    else if (stay) toBottom();
    else if (news) latest.hidden = false;
    if (place.unread && document.visibilityState === "visible") markSeen(place);
    compose.update(place);
  }
  return { node, update };
}
