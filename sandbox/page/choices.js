// Selects: one or several of the app's options, of the people, of the channels, or of what the app suggests while one types.

import { post } from "./api.js";
import { changed } from "./actions.js";
import { h, icon, fill } from "./dom.js";
import { emojiText } from "./emoji.js";
import { hooks, optionText } from "./fields.js";
import { openMenu } from "./menu.js";
import { desk, roleOf } from "./state.js";
import { current } from "./values.js";

const plain = (text) => emojiText(text?.text || "");

function fromOptions(options, env) {
  return (options || []).map((option) => ({ value: option.value, label: plain(option.text), option,
    description: option.description && plain(option.description), node: () => optionText(option.text, env) }));
}

function fromElement(element, env) {
  if (element.option_groups) {
    return element.option_groups.map((group) => ({ label: plain(group.label), options: fromOptions(group.options, env) }));
  }
  return [{ options: fromOptions(element.options, env) }];
}

function people() {
  return [{ options: desk.state.people.filter((person) => !person.deleted && !person.is_bot).map((person) => ({
    value: person.id, label: person.real_name || person.name, description: person.title || roleOf(person) })) }];
}

function channels() {
  return [{ options: desk.state.channels.filter((channel) => !channel.is_archived)
    .map((channel) => ({ value: channel.id, label: `#${channel.name}` })) }];
}

async function suggestions(element, block, ctx, typed) {
  if (typed.length < (element.min_query_length ?? 3)) return [{ options: [] }];
  const answer = await post("options", { as: desk.place.as, ...ctx.target, block_id: block.block_id, action_id: element.action_id, value: typed });
  return answer.ok ? fromElement(answer, ctx.env) : [{ options: [] }];
}

/** For each kind: the field of the payload, whether it holds whole options, and where the options come from. */
const KINDS = {
  static_select: ["selected_option", "selected_options", true, fromElement],
  external_select: ["selected_option", "selected_options", true, () => [{ options: [] }]],
  users_select: ["selected_user", "selected_users", false, people],
  channels_select: ["selected_channel", "selected_channels", false, channels],
  conversations_select: ["selected_conversation", "selected_conversations", false, channels],
};

const valueOf = (item) => (item && typeof item === "object" ? item.value : item);

function labelOf(item, groups) {
  if (item && typeof item === "object") return plain(item.text);
  return groups.flatMap((group) => group.options).find((option) => option.value === item)?.label || item;
}

export function selectField(element, block, ctx) {
  const many = element.type.startsWith("multi_");
  const base = element.type.replace(/^multi_/, "");
  const [one, several, whole, source] = KINDS[base];
  const field = many ? several : one;
  const groups = source(element, ctx.env);
  const face = h("span", { class: "select-face" });
  const node = h("button", { type: "button", class: "select", ...hooks(element, block, ctx), "aria-haspopup": "listbox",
    "aria-expanded": "false", role: "combobox", "aria-label": ctx.labelId ? undefined : element.placeholder?.text || "Choose" },
  face, icon("down"));
  const chosen = () => [current(ctx.key, block, element)[field]].flat().filter((item) => item !== null && item !== undefined);

  function paint() {
    const labels = chosen().map((item) => h("span", { class: many ? "token" : "" }, labelOf(item, groups)));
    fill(face, labels.length ? labels : h("span", { class: "placeholder" }, element.placeholder?.text || "Choose an option"));
  }
  function keepChoice(items, typing) {
    const value = many ? items : items[0] ?? null;
    changed(element, block, ctx, { [field]: value }, node, { typing });
    paint();
  }
  function pick(option) {
    const item = whole ? option.option : option.value;
    if (!many) {
      keepChoice([item], false);
      return null;
    }
    const now = chosen();
    const rest = now.filter((other) => valueOf(other) !== option.value);
    const next = rest.length < now.length ? rest : [...now, item];
    if (!element.max_selected_items || next.length <= element.max_selected_items) keepChoice(next, true);
    return new Set(chosen().map(valueOf));
  }
  node.addEventListener("click", () => {
    const before = JSON.stringify(chosen());
    const total = groups.reduce((sum, group) => sum + group.options.length, 0);
    openMenu(node, {
      label: element.placeholder?.text || "options", groups, chosen: new Set(chosen().map(valueOf)), pick,
      search: base === "external_select" || total > 7,
      load: base === "external_select" ? (typed) => suggestions(element, block, ctx, typed) : undefined,
      onClose: many ? () => { if (JSON.stringify(chosen()) !== before) keepChoice(chosen(), false); } : undefined,
    });
  });
  paint();
  return node;
}
