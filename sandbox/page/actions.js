// A click on something the bot sent: confirm, show that it is under way, tell the server, show what it said.

import { post } from "./api.js";
import { confirmed } from "./confirm.js";
import { h, icon } from "./dom.js";
import { inWords, notice, tookTime } from "./notices.js";
import { desk } from "./state.js";
import { collect, setValue } from "./values.js";

/** The control used last: a modal that it opens gives the focus back to it (a control under way is disabled and holds none). */
export const used = { node: null };

function labelOf(element, fields) {
  return fields.selected_option?.text?.text || element.text?.text || element.placeholder?.text || "The click";
}

function setBusy(node, busy) {
  if (!node) return;
  const group = node.closest("[data-block]") || node;
  node.classList.toggle("busy", busy);
  node.setAttribute("aria-busy", String(busy));
  for (const control of group.querySelectorAll("button, input, select, textarea")) {
    if (busy && !control.disabled) { control.disabled = true; control.heldByClick = true; }
    if (!busy && control.heldByClick) { control.disabled = false; control.heldByClick = false; }
  }
}

function failure(node, text) {
  const group = node?.closest("[data-block]");
  const line = h("div", { class: "block-error", role: "alert" }, icon("warn"), h("span", {}, text));
  if (group?.isConnected) group.append(line);
  else notice(text, { bad: true });
}

/** Sends one block action. `fields` is what the element adds: value, selected_option, …  Resolves to the server's answer. */
export async function act(element, block, ctx, fields, node) {
  if (node?.classList.contains("busy") || !(await confirmed(element.confirm))) return { ok: false, cancelled: true };
  const group = node?.closest("[data-block]");
  group?.querySelectorAll(":scope > .block-error").forEach((line) => line.remove());
  const hadFocus = node && (node === document.activeElement || !document.activeElement || document.activeElement === document.body);
  used.node = node;
  setBusy(node, true);
  const answer = await post("click", {
    as: desk.place.as, ...ctx.target, block_id: block.block_id, action_id: element.action_id, type: element.type,
    ...fields, values: collect(ctx.key, ctx.blocks),
  });
  setBusy(node, false);
  if (hadFocus && node.isConnected && document.activeElement === document.body) node.focus({ preventScroll: true });
  tookTime(labelOf(element, fields), answer.elapsed_ms, answer.ok);
  if (!answer.ok) failure(node, inWords(answer.error));
  return answer;
}

/** A value was typed or chosen: keep it, and tell the app where Slack would (outside inputs, or dispatch_action). */
export function changed(element, block, ctx, fields, node, { typing = false } = {}) {
  setValue(ctx.key, block, element, fields);
  ctx.onInput?.(block, node);
  const wanted = block.type !== "input" || block.dispatch_action;
  if (wanted && !typing) act(element, block, ctx, fields, node);
}
