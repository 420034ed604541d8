// Where a person types: a message, or a command when it starts with a slash.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { draftOf, keepDraft } from "./memory.js";
import { inWords, notice, tookTime } from "./notices.js";
import { conversation, desk } from "./state.js";

function prompt(place, inThread) {
  if (inThread) return "Reply…";
  if (!place) return "";
  return place.name ? `Message #${place.name}, or /referrals help` : `Message ${desk.state.bot?.name || "the app"}, or /referrals help`;
}

/** `more()` adds to what is sent (the thread). `draft` names where the unsent text is kept. */
export function composer(at, more, draft = at) {
  const inThread = draft !== at;
  const area = h("textarea", { rows: "1", "data-testid": inThread ? "thread-composer" : "composer", class: "composer-text", dir: "auto", value: draftOf(draft),
    "data-focus": `composer-${draft}`, "aria-label": inThread ? "Reply in thread" : "Message or command" });
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send", "data-testid": inThread ? "thread-send" : "send" }, icon("send"));
  const hint = h("div", { class: "composer-hint" }, h("span", {}, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift + Enter"), " starts a line"));
  const form = h("form", { class: "composer" }, h("div", { class: "composer-box" }, area, send), inThread ? null : hint);

  function fit() {
    area.style.height = "auto";
    if (area.scrollHeight) area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
    form.classList.toggle("command", area.value.startsWith("/"));
    send.disabled = !area.value.trim();
  }
  async function submit(event) {
    event?.preventDefault();
    const text = area.value.trim();
    if (!text || form.classList.contains("busy")) return;
    const command = text.startsWith("/");
    area.value = "";
    keepDraft(draft, "");
    fit();
    form.classList.add("busy");
    area.focus({ preventScroll: true });
    const body = { as: desk.place.as, channel: conversation(at)?.id || at, text, ...(command ? {} : more()) };
    const answer = await post(command ? "command" : "message", body);
    form.classList.remove("busy");
    if (command) tookTime(text.split(/\s+/).slice(0, 2).join(" "), answer.elapsed_ms, answer.ok);
    if (!answer.ok) {
      // What Slack itself says about a command comes over the live connection.
      if (!command || answer.status !== 200) notice(inWords(answer.error), { bad: true });
      // What could not be sent is given back, unless something else was typed since.
      if (!area.value) { area.value = text; keepDraft(draft, text); fit(); }
    }
  }
  area.addEventListener("input", () => { keepDraft(draft, area.value); fit(); });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  form.addEventListener("submit", submit);
  fit();
  return {
    node: form,
    update(place) {
      area.placeholder = prompt(place, inThread);
      const silent = !place?.name && desk.state.bot?.messages_read_only;
      area.disabled = Boolean(place?.is_archived || silent);
      if (place?.is_archived) area.placeholder = "This channel is archived.";
      else if (silent) area.placeholder = "This app takes no messages here.";
    },
  };
}
