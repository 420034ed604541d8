// Block Kit: which function draws which block, and keeping a list of blocks in step without touching those that did not change.

import { chart } from "./chart.js";
import { h, icon, keep } from "./dom.js";
import { element, image } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./tables.js";

let count = 0;

export function text(object, env) {
  if (!object) return null;
  if (object.type === "mrkdwn") return mrkdwn(object.text, env);
  return h("div", { class: "plain", dir: "auto" }, withEmoji(String(object.text ?? "")));
}

function section(block, ctx) {
  const id = `section-${(count += 1)}`;
  const words = block.text && text(block.text, ctx.env);
  if (words) words.id = id;
  const side = block.accessory && element(block.accessory, block, { ...ctx, labelId: undefined });
  return [
    h("div", { class: `section-row${block.accessory?.type === "image" ? " with-image" : ""}` },
      h("div", { class: "section-text" }, words,
        block.fields && h("div", { class: "section-fields" }, block.fields.map((field) => text(field, ctx.env)))),
      side && h("div", { class: "accessory" }, side)),
  ];
}

function context(block, ctx) {
  return h("div", { class: "context" }, (block.elements || []).map((one) => (one.type === "image" ? image(one) : text(one, ctx.env))));
}

function actions(block, ctx) {
  return h("div", { class: "actions" }, (block.elements || []).map((one) => element(one, block, ctx)));
}

function input(block, ctx) {
  const id = `label-${(count += 1)}`;
  const hintId = block.hint && `${id}-hint`;
  const control = element(block.element, block, { ...ctx, labelId: id, describedBy: [hintId, `${id}-error`].filter(Boolean).join(" ") });
  const label = h("div", { class: "label", id, onclick: () => control.focus?.() }, withEmoji(block.label?.text || ""),
    block.optional && h("span", { class: "optional" }, " (optional)"));
  return [label, control, h("div", { class: "field-error", id: `${id}-error`, role: "alert" }),
    block.hint && h("div", { class: "hint", id: hintId }, withEmoji(block.hint.text))];
}

function picture(block) {
  return h("figure", { class: "image-block" }, block.title && h("figcaption", {}, withEmoji(block.title.text)), image(block));
}

const SIGNS = { success: "✓", info: "i", default: "i", warning: "!", error: "!" };

function alertBlock(block, ctx) {
  const level = SIGNS[block.level] ? block.level : "default";
  return h("div", { class: `alert ${level}`, role: level === "error" || level === "warning" ? "alert" : "note" },
    h("span", { class: "alert-sign", "aria-hidden": "true" }, SIGNS[level]), text(block.text, ctx.env));
}

function card(block, ctx) {
  return h("div", { class: "card" }, block.hero_image && image(block.hero_image),
    h("div", { class: "card-head" }, block.icon && image(block.icon),
      h("div", {}, h("strong", {}, text(block.title, ctx.env)), block.subtitle && h("small", {}, text(block.subtitle, ctx.env)))),
    text(block.body, ctx.env),
    block.actions && h("div", { class: "actions" }, block.actions.map((one) => element(one, block, ctx))));
}

function container(block, ctx) {
  const inner = h("div", { class: "blocks" });
  keepBlocks(inner, block.child_blocks || [], ctx);
  const title = block.rich_text_title ? richText(block.rich_text_title, ctx.env) : text(block.title, ctx.env);
  if (!block.is_collapsible) return h("div", { class: "card" }, h("strong", {}, title), text(block.subtitle, ctx.env), inner);
  return h("details", { class: "card", open: !block.default_collapsed }, h("summary", {}, title), text(block.subtitle, ctx.env), inner);
}

function task(block, ctx) {
  const sign = { pending: "○", in_progress: "◐", complete: "●", error: "!" }[block.status] || "○";
  return h("div", { class: "task-card" }, h("span", { "aria-label": block.status }, sign), " ", block.title || "",
    block.details && richText(block.details, ctx.env), block.output && richText(block.output, ctx.env));
}

const DRAW = {
  header: (block) => h("div", { class: `header level-${block.level || 2}`, role: "heading", "aria-level": "3", dir: "auto" }, withEmoji(block.text?.text || "")),
  section, context, actions, input, card, container, table, task_card: task, alert: alertBlock, image: picture,
  divider: () => h("hr"),
  context_actions: actions,
  data_table: dataTable,
  data_visualization: (block) => chart(block),
  markdown: (block) => markdown(block.text),
  rich_text: (block, ctx) => richText(block, ctx.env),
  carousel: (block, ctx) => h("div", { class: "carousel" }, (block.elements || block.cards || []).map((one) => card(one, ctx))),
  plan: (block, ctx) => h("div", { class: "card" }, h("strong", {}, block.title || ""), (block.tasks || []).map((one) => task(one, ctx))),
  video: (block) => h("div", { class: "card" }, icon("eye"), " ", h("a", { href: block.title_url || block.video_url, target: "_blank", rel: "noopener" },
    block.title?.text || "Video")),
};

function unknown(block) {
  return h("details", { class: "unknown" }, h("summary", {}, `The page cannot draw a “${block.type}” block.`),
    h("pre", {}, JSON.stringify(block, null, 2)));
}

function drawBlock(block, ctx) {
  const node = h("div", { class: `block block-${block.type}`, "data-block": block.block_id ?? "", "data-type": block.type });
  node.append(...[(DRAW[block.type] || unknown)(block, ctx)].flat().filter(Boolean));
  return node;
}

/** A text with a day or an age in it ages; the sign of its block changes with the day or the minute. */
export function timeSign(json, env) {
  if (!json.includes("<!date") && !json.includes('"date"')) return "";
  return Math.floor(env.now / (json.includes("{ago}") ? 60 : 3600));
}

/** Draws `blocks` into `parent`. Blocks are found again by block_id, so an unchanged one keeps its node, focus and open menu. */
export function keepBlocks(parent, blocks, ctx) {
  const seen = new Map();
  keep(parent, blocks || [], {
    key: (block, index) => {
      const id = block.block_id || `at-${index}`;
      seen.set(id, (seen.get(id) || 0) + 1);
      return `${id}#${seen.get(id)}`;
    },
    sign: (block) => {
      const json = JSON.stringify(block);
      return `${ctx.key}|${ctx.env.me}|${timeSign(json, ctx.env)}|${json}`;
    },
    build: (block) => drawBlock(block, ctx),
  });
}
