// What has been typed and chosen in messages, Home and modals, kept apart from the DOM so that a redraw loses nothing.
// A surface is one message, one Home or one modal view; within it block_id and action_id name a value, as in Slack.

const surfaces = new Map();
const STATELESS = new Set(["button", "overflow", "image", "workflow_button", "icon_button", "feedback_buttons"]);

const slot = (block, element) => `${block.block_id ?? ""}\u0000${element.action_id ?? ""}`;

function surface(key) {
  if (!surfaces.has(key)) surfaces.set(key, new Map());
  return surfaces.get(key);
}

const INITIAL = {
  plain_text_input: (e) => ({ value: e.initial_value ?? null }),
  email_text_input: (e) => ({ value: e.initial_value ?? null }),
  url_text_input: (e) => ({ value: e.initial_value ?? null }),
  number_input: (e) => ({ value: e.initial_value ?? null }),
  static_select: (e) => ({ selected_option: e.initial_option ?? null }),
  external_select: (e) => ({ selected_option: e.initial_option ?? null }),
  radio_buttons: (e) => ({ selected_option: e.initial_option ?? null }),
  checkboxes: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_static_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  multi_external_select: (e) => ({ selected_options: e.initial_options ?? [] }),
  users_select: (e) => ({ selected_user: e.initial_user ?? null }),
  multi_users_select: (e) => ({ selected_users: e.initial_users ?? [] }),
  channels_select: (e) => ({ selected_channel: e.initial_channel ?? null }),
  multi_channels_select: (e) => ({ selected_channels: e.initial_channels ?? [] }),
  conversations_select: (e) => ({ selected_conversation: e.initial_conversation ?? null }),
  multi_conversations_select: (e) => ({ selected_conversations: e.initial_conversations ?? [] }),
  datepicker: (e) => ({ selected_date: e.initial_date ?? null }),
  timepicker: (e) => ({ selected_time: e.initial_time ?? null }),
  datetimepicker: (e) => ({ selected_date_time: e.initial_date_time ?? null }),
};

/** The current fields of an element. In a modal what was typed outlives an update (as in Slack); elsewhere a new initial value wins. */
export function current(key, block, element) {
  const initial = INITIAL[element.type]?.(element) || {};
  const kept = surface(key).get(slot(block, element));
  const sign = JSON.stringify(initial);
  if (kept && (kept.sign === sign || key.startsWith("modal:"))) return kept.fields;
  return initial;
}

export function setValue(key, block, element, fields) {
  const sign = JSON.stringify(INITIAL[element.type]?.(element) || {});
  surface(key).set(slot(block, element), { fields, sign });
}

function stateful(block) {
  if (block.type === "input") return [block.element];
  const inside = block.type === "actions" ? block.elements : block.accessory ? [block.accessory] : [];
  return (inside || []).filter((element) => element.action_id && !STATELESS.has(element.type));
}

/** state.values as Slack sends them: {block_id: {action_id: {type, …}}}. */
export function collect(key, blocks) {
  const out = {};
  for (const block of blocks || []) {
    for (const element of stateful(block)) {
      out[block.block_id] ??= {};
      out[block.block_id][element.action_id] = { type: element.type, ...current(key, block, element) };
    }
  }
  return out;
}

export function forget(key) {
  surfaces.delete(key);
}

function empty(fields) {
  const value = Object.values(fields)[0];
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

const URL_SHAPE = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i;

function complaint(element, value) {
  if (element.type === "email_text_input" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !URL_SHAPE.test(value)) return "Please enter a valid URL.";
  if (element.type === "number_input") {
    const number = Number(value);
    if (!Number.isFinite(number) || (!element.is_decimal_allowed && !Number.isInteger(number))) return "Please enter a number.";
    if (element.min_value !== undefined && number < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
    if (element.max_value !== undefined && number > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  }
  if (element.type === "plain_text_input" && element.min_length && [...value].length < element.min_length) {
    return `Please enter at least ${element.min_length} characters.`;
  }
  return null;
}

/** What Slack's own client refuses before it tells the app: {block_id: text}. */
export function refused(key, blocks) {
  const errors = {};
  for (const block of (blocks || []).filter((one) => one.type === "input")) {
    const fields = current(key, block, block.element);
    if (empty(fields)) {
      if (!block.optional) errors[block.block_id] = "Please complete this required field.";
    } else if (typeof fields.value === "string") {
      const text = complaint(block.element, fields.value);
      if (text) errors[block.block_id] = text;
    }
  }
  return errors;
}
