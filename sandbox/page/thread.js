// The thread pane at the right: the first message, its replies, a composer of its own.

import { composer } from "./composer.js";
import { fill, h, holdFocus, icon, keep } from "./dom.js";
import { messageNode, messageSign, updateMessage } from "./message.js";
import { conversation, desk, go } from "./state.js";

function find(at, ts) {
  const place = conversation(at);
  return (place?.messages || []).find((one) => one.ts === ts && (!one.thread_ts || one.thread_ts === one.ts)) || null;
}

export function threadView(at, ts) {
  const list = h("div", { class: "messages", tabindex: "0", role: "region", "aria-label": "Replies" });
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close thread", "data-testid": "thread-close",
    onclick: () => go({ thread: "" }) }, icon("close"));
  const compose = composer(at, () => ({ thread_ts: ts }), `thread:${ts}`);
  const name = h("p", { class: "topic" });
  const node = h("aside", { class: "thread", "aria-label": "Thread", "data-testid": "thread-pane" },
    h("header", { class: "view-head" }, h("div", {}, h("h2", {}, "Thread"), name), close), list, compose.node);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) go({ thread: "" });
  });
  let before = 0;

  function update() {
    const place = conversation(at);
    const root = find(at, ts);
    fill(name, place?.name ? `#${place.name}` : desk.state.bot?.name || "");
    if (!root) { fill(list, h("p", { class: "empty" }, "This thread is no longer there.")); return; }
    list.querySelector(":scope > .empty")?.remove();
    const told = place.messages.filter((one) => one.ephemeral && one.thread_ts === ts);
    const replies = [...(root.replies || []), ...told].sort((a, b) => Number(a.ts) - Number(b.ts));
    const number = (root.replies || []).length;
    const count = { key: "count", text: number ? `${number} ${number === 1 ? "reply" : "replies"}` : "No replies yet" };
    const where = { channel: at, compact: false, inThread: true };
    const stay = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    holdFocus(list, () => keep(list, [root, count, ...replies], {
      key: (item) => item.key || (item.ephemeral ? `e-${item.ts}` : item.ts),
      sign: (item) => item.text !== undefined && item.key ? item.text : messageSign(item, where),
      build: (item) => (item.key ? h("div", { class: "divider reply-count" }, h("span", {}, item.text)) : messageNode(item, where)),
      update: (old, item) => (item.key ? fill(old, h("span", {}, item.text)) : updateMessage(old, item, where)),
    }));
    if (before && replies.length >= before && stay) list.scrollTop = list.scrollHeight;
    before = replies.length + 1;
    compose.update(place);
  }
  return { node, update, focus: () => close.focus({ preventScroll: true }) };
}
