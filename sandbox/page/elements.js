// Block elements: which function draws which type. Buttons, links and overflow menus are drawn here.

import { act } from "./actions.js";
import { h, icon } from "./dom.js";
import { selectField } from "./choices.js";
import { emojiText, withEmoji } from "./emoji.js";
import { hooks, pickerField, textField, tickField } from "./fields.js";
import { openMenu } from "./menu.js";

function button(element, block, ctx) {
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const props = { ...hooks(element, block, ctx, element.value ?? ""), "aria-labelledby": undefined, class: `button${style}`,
    "data-value": element.value, "aria-label": element.accessibility_label };
  const face = withEmoji(element.text?.text || "");
  const fields = element.value === undefined ? {} : { value: element.value };
  if (element.url && /^(https?|mailto|tel|slack):/i.test(element.url)) {
    const anchor = h("a", { ...props, href: element.url, target: "_blank", rel: "noopener noreferrer" }, face);
    // Slack opens the page and tells the app, both.
    anchor.addEventListener("click", () => { if (element.action_id) act(element, block, ctx, fields, anchor); });
    return anchor;
  }
  const node = h("button", { ...props, type: "button" }, face);
  node.addEventListener("click", () => act(element, block, ctx, fields, node));
  return node;
}

function overflow(element, block, ctx) {
  const node = h("button", { ...hooks(element, block, ctx), type: "button", class: "button overflow", "aria-label": "More actions",
    "aria-labelledby": undefined, "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  const options = (element.options || []).map((option) => ({ value: option.value, label: emojiText(option.text?.text || ""), option,
    description: option.description?.text }));
  node.addEventListener("click", () => openMenu(node, {
    label: "More actions", role: "menu", groups: [{ options }],
    pick: ({ option }) => {
      if (option.url) open(option.url, "_blank", "noopener");
      act(element, block, ctx, { selected_option: option }, node);
    },
  }));
  return node;
}

export function image(element) {
  const url = element.image_url || element.slack_file?.url || "";
  const node = h("img", { class: "element-image", alt: element.alt_text || "", loading: "lazy", referrerpolicy: "no-referrer" });
  // A picture that cannot be fetched (no network) leaves its words.
  node.addEventListener("error", () => node.replaceWith(h("span", { class: "image-words" }, element.alt_text || "Image")), { once: true });
  if (/^(https?:|data:image\/|\/)/i.test(url)) node.src = url;
  return node;
}

function feedback(element, block, ctx) {
  const pair = [["positive_button", "👍"], ["negative_button", "👎"]].filter(([name]) => element[name]);
  return h("span", { class: "feedback" }, pair.map(([name, glyph]) => {
    const one = element[name];
    const node = h("button", { type: "button", class: "icon-button", "data-action-id": element.action_id, "aria-label": one.accessibility_label || one.text?.text }, glyph);
    node.addEventListener("click", () => act(element, block, ctx, { value: one.value }, node));
    return node;
  }));
}

function unknown(element) {
  return h("span", { class: "unknown" }, `The page cannot draw a “${element.type}” element.`);
}

const DRAW = {
  button, overflow, image, workflow_button: button, feedback_buttons: feedback,
  icon_button: (element, block, ctx) => button({ ...element, style: undefined }, block, ctx),
  plain_text_input: textField, email_text_input: textField, url_text_input: textField, number_input: textField,
  datepicker: pickerField, timepicker: pickerField, datetimepicker: pickerField,
  radio_buttons: tickField, checkboxes: tickField,
};

export function element(one, block, ctx) {
  if (/^(multi_)?(static|external|users|channels|conversations)_select$/.test(one.type)) return selectField(one, block, ctx);
  return (DRAW[one.type] || unknown)(one, block, ctx);
}
