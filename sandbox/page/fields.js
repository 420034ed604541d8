// Fields that are typed or ticked: text, email, number, url, date, time, radio buttons, checkboxes.

import { changed } from "./actions.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { inline } from "./mrkdwn.js";
import { current } from "./values.js";

const focusName = (block, element, more = "") => `${block.block_id ?? ""}/${element.action_id ?? ""}/${more}`;

/** What every control carries: hooks for tests, the key that finds it again after a redraw, and its label. */
export function hooks(element, block, ctx, more) {
  return {
    "data-action-id": element.action_id, "data-focus": focusName(block, element, more),
    "aria-labelledby": ctx.labelId, "aria-describedby": ctx.describedBy,
    "aria-required": block.type === "input" && !block.optional ? "true" : undefined,
  };
}

export function optionText(text, env) {
  if (!text) return "";
  return text.type === "mrkdwn" ? inline(text.text, env) : withEmoji(text.text);
}

const KINDS = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "text" };

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`;
}

export function textField(element, block, ctx) {
  const multiline = element.type === "plain_text_input" && element.multiline;
  const node = h(multiline ? "textarea" : "input", {
    ...hooks(element, block, ctx), class: "field", rows: multiline ? "3" : undefined,
    type: multiline ? undefined : KINDS[element.type], inputmode: element.type === "number_input" ? "decimal" : undefined,
    placeholder: element.placeholder?.text, maxlength: element.max_length, autofocus: element.focus_on_load, dir: "auto",
    autocomplete: "off", value: current(ctx.key, block, element).value ?? "",
  });
  const fields = () => ({ value: node.value === "" ? null : node.value });
  const on = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  node.addEventListener("input", () => {
    if (multiline) grow(node);
    changed(element, block, ctx, fields(), node, { typing: !on.includes("on_character_entered") });
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || multiline) return;
    if (block.dispatch_action && on.includes("on_enter_pressed")) {
      event.preventDefault();
      changed(element, block, ctx, fields(), node);
    }
  });
  return node;
}

const PICKERS = {
  datepicker: ["date", (value) => ({ selected_date: value || null }), (fields) => fields.selected_date],
  timepicker: ["time", (value) => ({ selected_time: value || null }), (fields) => fields.selected_time],
  datetimepicker: ["datetime-local",
    (value) => ({ selected_date_time: value ? Math.floor(Date.parse(`${value}Z`) / 1000) : null }),
    (fields) => fields.selected_date_time && new Date(fields.selected_date_time * 1000).toISOString().slice(0, 16)],
};

export function pickerField(element, block, ctx) {
  const [type, fieldsOf, valueOf] = PICKERS[element.type];
  const node = h("input", { ...hooks(element, block, ctx), class: "field picker", type, value: valueOf(current(ctx.key, block, element)) ?? "",
    "aria-label": ctx.labelId ? undefined : element.placeholder?.text || (type === "time" ? "Time" : "Date") });
  node.addEventListener("change", () => changed(element, block, ctx, fieldsOf(node.value), node));
  return node;
}

/** Radio buttons and checkboxes are one group of native inputs. */
export function tickField(element, block, ctx) {
  const single = element.type === "radio_buttons";
  const fields = current(ctx.key, block, element);
  const chosen = new Set((single ? [fields.selected_option] : fields.selected_options || []).map((option) => option?.value));
  const name = `${ctx.key}${focusName(block, element)}`;
  const group = h("div", { class: "ticks", role: single ? "radiogroup" : "group", "data-action-id": element.action_id,
    "aria-labelledby": ctx.labelId, "aria-describedby": ctx.describedBy, "aria-label": ctx.labelId ? undefined : "Choices" });
  for (const option of element.options || []) {
    const input = h("input", { type: single ? "radio" : "checkbox", name, value: option.value, checked: chosen.has(option.value),
      "data-focus": focusName(block, element, option.value) });
    input.addEventListener("change", () => {
      const ticked = [...group.querySelectorAll("input:checked")].map((one) => one.value);
      const options = element.options.filter((one) => ticked.includes(one.value));
      changed(element, block, ctx, single ? { selected_option: options[0] ?? null } : { selected_options: options }, group);
    });
    group.append(h("label", { class: "tick-row" }, input, h("span", {}, optionText(option.text, ctx.env),
      option.description && h("small", {}, optionText(option.description, ctx.env)))));
  }
  return group;
}
