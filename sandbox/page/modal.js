// Modals as real dialogs: the topmost view of my stack. What was typed is kept when the app answers with errors.

import { used } from "./actions.js";
import { post } from "./api.js";
import { keepBlocks } from "./blocks.js";
import { fill, h, holdFocus, icon } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { closeMenu } from "./menu.js";
import { inWords, liftNotices, tookTime } from "./notices.js";
import { desk, env } from "./state.js";
import { collect, forget, refused } from "./values.js";

let shown = null;
const closed = new Set();

function showErrors(parts, errors) {
  let first = null;
  for (const block of parts.blocks.querySelectorAll(":scope > [data-block]")) {
    const text = errors?.[block.dataset.block];
    const slot = block.querySelector(":scope > .field-error");
    if (!slot) continue;
    fill(slot, text || "");
    block.classList.toggle("invalid", Boolean(text));
    const control = block.querySelector("input, textarea, button, select");
    control?.setAttribute("aria-invalid", String(Boolean(text)));
    if (text && !first) first = control;
  }
  first?.focus();
  const placed = [...parts.blocks.querySelectorAll(":scope > .invalid")].map((block) => block.dataset.block);
  // An error for a block that is not there would otherwise be lost.
  const lost = Object.entries(errors || {}).filter(([id]) => !placed.includes(id)).map(([, text]) => text);
  fill(parts.problem, lost.join(" "));
}

async function submit(view, parts) {
  const errors = refused(parts.ctx.key, view.blocks);
  showErrors(parts, errors);
  if (Object.keys(errors).length || parts.submit.classList.contains("busy")) return;
  parts.submit.classList.add("busy");
  parts.submit.disabled = true;
  fill(parts.time, "Sending…");
  const answer = await post("submit", { as: desk.place.as, view_id: view.id, values: collect(parts.ctx.key, view.blocks) });
  parts.submit.classList.remove("busy");
  parts.submit.disabled = false;
  const wrong = Object.keys(answer.errors || {}).length > 0;
  tookTime(view.submit?.text || "Submit", answer.elapsed_ms, answer.ok || wrong);
  fill(parts.time, `${answer.ok || wrong ? "answered" : "failed"} in ${Math.max(1, Math.round(answer.elapsed_ms))} ms`);
  if (wrong) showErrors(parts, answer.errors);
  else if (!answer.ok) fill(parts.problem, inWords(answer.error));
  else if (answer.closed) leave(view.id);
}

function leave(id) {
  closed.add(id);
  forget(`modal:${id}`);
  if (shown?.id === id) drop();
}

function drop() {
  const { dialog, from } = shown;
  shown = null;
  closeMenu(false);
  dialog.close();
  dialog.remove();
  if (from?.isConnected) from.focus({ preventScroll: true });
  liftNotices();
}

function close(view) {
  leave(view.id);
  post("close", { as: desk.place.as, view_id: view.id });
}

function build(view) {
  const title = h("h2", { id: "modal-title" });
  const parts = { ctx: {}, title, blocks: h("div", { class: "blocks" }), problem: h("div", { class: "dialog-problem", role: "alert" }),
    time: h("span", { class: "soft answer-time", "aria-live": "polite" }), cancel: h("button", { type: "button", class: "button", "data-testid": "modal-close" }),
    submit: h("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }) };
  const cross = h("button", { type: "button", class: "icon-button", "aria-label": "Close" }, icon("close"));
  const form = h("form", { novalidate: true }, h("div", { class: "dialog-head" }, title, cross),
    h("div", { class: "dialog-body", tabindex: "-1" }, parts.blocks, parts.problem),
    h("div", { class: "dialog-foot" }, parts.time, parts.cancel, parts.submit));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "modal-title", "data-testid": "modal", "data-view": view.id }, form);
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(shown.view, parts); });
  form.addEventListener("keydown", (event) => {
    // Enter in a one-line field submits only where there is a submit button.
    if (event.key === "Enter" && event.target.matches("input") && (!shown.view.submit || event.defaultPrevented)) event.preventDefault();
  });
  for (const button of [cross, parts.cancel]) button.addEventListener("click", () => close(shown.view));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(shown.view); });
  const from = document.activeElement === document.body ? used.node : document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  shown = { id: view.id, view, dialog, parts, from };
  liftNotices();
}

function draw(view) {
  const { parts } = shown;
  shown.view = view;
  fill(parts.title, withEmoji(view.title?.text || ""));
  fill(parts.cancel, view.close?.text || (view.submit ? "Cancel" : "Close"));
  fill(parts.submit, view.submit?.text || "Submit");
  parts.submit.hidden = !view.submit;
  Object.assign(parts.ctx, { key: `modal:${view.id}`, target: { surface: "modal", view_id: view.id }, blocks: view.blocks, env: env(),
    onInput: (block, node) => {
      const holder = node?.closest(".invalid");
      if (!holder) return;
      holder.classList.remove("invalid");
      fill(holder.querySelector(":scope > .field-error"));
    } });
  holdFocus(shown.dialog, () => keepBlocks(parts.blocks, view.blocks || [], parts.ctx));
}

function focusFirst() {
  const first = shown.parts.blocks.querySelector("[autofocus], input, textarea, .select") || shown.parts.submit;
  (first.hidden ? shown.parts.cancel : first).focus();
}

export function updateModals() {
  const stack = (desk.state.modals || []).filter((view) => !closed.has(view.id));
  const view = stack.at(-1);
  if (!view) { if (shown) drop(); return; }
  const fresh = !shown || shown.id !== view.id;
  // A view pushed on top, or the one beneath coming back, is a dialog of its own; the values of each are kept by view id.
  if (shown && fresh) drop();
  if (fresh) build(view);
  draw(view);
  if (fresh) focusFirst();
}
