// The text messages the desk sent, as bubbles per number, and what somebody answers.

import { post } from "./api.js";
import { shortStamp } from "./dates.js";
import { fill, h, icon, keep } from "./dom.js";
import { markRead } from "./memory.js";
import { notice } from "./notices.js";
import { desk, env } from "./state.js";

const inbound = (one) => String(one.direction || "").startsWith("in");
const numberOf = (one) => (inbound(one) ? one.from : one.to);

function bubble(one, names) {
  return h("li", { class: `bubble ${inbound(one) ? "theirs" : "ours"}`, "data-testid": `sms-${one.id}` },
    h("p", { dir: "auto" }, one.body), h("small", {}, shortStamp(Number(one.at), names.tz, names.now), inbound(one) ? "" : ` · ${one.status || "sent"}${one.error_code ? ` (${one.error_code})` : ""}`,
      inbound(one) ? "" : ` · ${[...String(one.body || "")].length} characters`),
    one.callback_trouble ? h("small", { class: "trouble" }, `The app's webhook: ${one.callback_trouble}`) : "");
}

function phone(number) {
  const bubbles = h("ol", { class: "bubbles" });
  const field = h("input", { class: "field", type: "text", placeholder: "Answer from this phone", "aria-label": `Answer from ${number}`, "data-focus": `sms-${number}` });
  async function answer(body) {
    if (!body.trim()) return;
    const result = await post("sms", { to: number, body });
    if (result.ok) field.value = "";
    else notice(result.error || "The answer was not taken.", { bad: true });
  }
  const form = h("form", { class: "phone-form" }, field, h("button", { type: "submit", class: "button tiny" }, "Send"),
    ["STOP", "START"].map((word) => h("button", { type: "button", class: "button tiny", onclick: () => answer(word) }, word)));
  form.addEventListener("submit", (event) => { event.preventDefault(); answer(field.value); });
  const node = h("section", { class: "phone-card", "aria-label": `Texts of ${number}`, "data-testid": `phone-${number}` }, h("h2", {}, icon("phone"), number), bubbles, form);
  node.bubbles = bubbles;
  return node;
}

export function smsView() {
  const list = h("div", { class: "phones", tabindex: "0", role: "region", "aria-label": "Phones" });
  const node = h("section", { class: "view", "aria-label": "Text messages" }, h("header", { class: "view-head" }, h("h1", {}, icon("phone"), "Text messages"),
    h("p", { class: "topic" }, "What the SMS provider was asked to send")), list);
  function update() {
    const names = env();
    const all = [...(desk.state.sms || [])].sort((a, b) => Number(a.at) - Number(b.at));
    const groups = new Map();
    for (const one of all) groups.set(numberOf(one), [...(groups.get(numberOf(one)) || []), one]);
    const phones = [...groups].map(([number, texts]) => ({ number, texts })).reverse();
    if (!phones.length) fill(list, h("p", { class: "empty" }, "No text message yet."));
    else {
      list.querySelector(":scope > .empty")?.remove();
      keep(list, phones, { key: (one) => one.number, sign: () => "phone", build: (one) => phone(one.number) });
      for (const one of phones) {
        const card = [...list.children].find((child) => child.keptKey === String(one.number));
        keep(card.bubbles, one.texts, { key: (text) => text.id, sign: (text) => JSON.stringify(text) + names.tz, build: (text) => bubble(text, names) });
      }
    }
    markRead("sms", Math.max(0, ...all.map((one) => Number(one.at))));
  }
  return { node, update };
}
