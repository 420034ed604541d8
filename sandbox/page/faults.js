// Faults on demand, and what may happen to a person (leaves, becomes a guest).

import { post, remove } from "./api.js";
import { fill, h, icon, keep } from "./dom.js";
import { avatar } from "./message.js";
import { notice } from "./notices.js";
import { desk } from "./state.js";
import { personLine } from "./sidebar.js";

const KINDS = [
  ["Slack", [["drop_after", "Connection dropped after the call was done"], ["drop", "Connection dropped before"], ["http_500", "HTTP 500"],
    ["http_500_after", "HTTP 500, though it was done"], ["http_502", "HTTP 502"], ["internal_error", "internal_error"],
    ["internal_error_after", "internal_error, though it was done"], ["slow", "Slow answer"], ["rate_limited", "Rate limited (429, Retry-After)"],
    ["channel_archived", "Channel is archived"], ["bot_removed", "App is not in the channel"], ["message_not_found", "Message not found"],
    ["token_revoked", "Token revoked"]]],
  ["Delivery to the app", [["event_lost", "An event is lost"], ["event_twice", "An event comes twice"], ["interaction_twice", "A click comes twice"],
    ["socket_drop", "Socket Mode: connection dropped"], ["socket_refresh", "Socket Mode: connection renewed"],
    ["socket_warning", "Socket Mode: warning, then renewed"]]],
  ["Mail", [["smtp_4xx", "SMTP 4xx, try later"], ["smtp_5xx", "SMTP 5xx, refused"], ["smtp_drop", "Connection dropped after DATA"]]],
  ["Text messages", [["twilio_500", "HTTP 500"], ["twilio_500_after", "HTTP 500, though it was sent"], ["twilio_drop", "Connection dropped"],
    ["twilio_21610", "21610, opted out"], ["twilio_21211", "21211, no such number"], ["twilio_21614", "21614, not a mobile"],
    ["twilio_20429", "20429, too many requests"], ["twilio_20003", "20003, not authorised"],
    ["sms_undelivered_30003", "Lost on its way: 30003, phone unreachable"], ["sms_undelivered_30005", "Lost on its way: 30005, unknown handset"],
    ["sms_undelivered_30006", "Lost on its way: 30006, landline"], ["sms_undelivered_30007", "Lost on its way: 30007, filtered"]]],
];
const DEEDS = [["archive", "Archive #referrals"], ["unarchive", "Bring it back"], ["remove_bot", "Remove the app from it"], ["add_bot", "Invite it again"],
  ["revoke", "Revoke the token"], ["uninstall", "Uninstall the app"], ["reinstall", "Install it again"]];
const METHODS = ["chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.open", "conversations.history", "conversations.info",
  "views.open", "views.update", "views.publish", "users.info", "users.lookupByEmail", "auth.test"];

const labels = new Map(KINDS.flatMap(([group, kinds]) => kinds.map(([kind, label]) => [kind, `${group}: ${label}`])));

function field(label, control) {
  return h("label", { class: "form-row" }, h("span", {}, label), control);
}

function faultForm() {
  const kind = h("select", { class: "field", "data-testid": "fault-kind" }, KINDS.map(([group, kinds]) =>
    h("optgroup", { label: group }, kinds.map(([value, label]) => h("option", { value }, label)))));
  const method = h("select", { class: "field", "data-testid": "fault-method" }, h("option", { value: "" }, "every method"), METHODS.map((name) => h("option", { value: name }, name)));
  const times = h("input", { class: "field", type: "number", min: "0", max: "999", value: "1", "data-testid": "fault-times" });
  const seconds = h("input", { class: "field", type: "number", min: "0", max: "60", step: "0.5", value: "5" });
  const secondsRow = field("Seconds", seconds);
  const methodRow = field("Method", method);
  const form = h("form", { class: "panel" }, h("h2", {}, "Let something fail"), field("Fault", kind), methodRow, field("Times (0: until cleared)", times), secondsRow,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", "data-testid": "fault-add" }, "Set the fault"),
      h("button", { type: "button", class: "button", "data-testid": "fault-clear", onclick: clear }, "Clear all")));
  const fit = () => {
    secondsRow.hidden = !["slow", "rate_limited", "socket_warning"].includes(kind.value);
    methodRow.hidden = /^(smtp|twilio|sms|event|interaction|socket)/.test(kind.value);
  };
  kind.addEventListener("change", fit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { kind: kind.value, times: Number(times.value) };
    if (method.value && !methodRow.hidden) body.method = method.value;
    if (!secondsRow.hidden) body.seconds = Number(seconds.value);
    const answer = await post("faults", body);
    if (!answer.ok) notice(answer.error || "The fault was not taken.", { bad: true });
  });
  async function clear() {
    const answer = await remove("faults");
    if (!answer.ok) notice(answer.error || "The faults were not cleared.", { bad: true });
  }
  fit();
  return form;
}

function faultRow(fault) {
  const left = fault.times === 0 ? "until cleared" : `${Math.max(0, fault.times - (fault.struck || 0))} more`;
  return h("li", { class: "fault" }, h("strong", {}, labels.get(fault.kind) || fault.kind), h("span", { class: "soft" },
    [fault.method || "", left, fault.seconds ? `${fault.seconds} s` : ""].filter(Boolean).join(" · ")));
}

function deeds() {
  return h("div", { class: "actions" }, DEEDS.map(([deed, label]) => h("button", { type: "button", class: "button tiny", "data-testid": `install-${deed}`,
    onclick: async () => {
      const answer = await post("install", { do: deed });
      notice(answer.ok ? `Done: ${label.toLowerCase()}.` : answer.error || "That was not taken.", { bad: !answer.ok, seconds: 4 });
    } }, label)));
}

function personRow(person) {
  const toggle = (name, label) => {
    const box = h("input", { type: "checkbox", checked: Boolean(person[name]), "data-focus": `${person.id}-${name}` });
    box.addEventListener("change", async () => {
      const answer = await post("people", { user: person.id, [name]: box.checked });
      if (!answer.ok) { box.checked = !box.checked; notice(answer.error || "That was not taken.", { bad: true }); }
    });
    return h("label", { class: "tick-row" }, box, h("span", {}, label));
  };
  return h("li", { class: "person-row" }, avatar(person, "small"), h("div", { class: "who-words" }, h("strong", { dir: "auto" }, person.real_name || person.name),
    h("small", { class: "soft" }, personLine(person))), toggle("deleted", "deactivated"), toggle("is_restricted", "guest"));
}

export function faultsView() {
  const list = h("ul", { class: "plain-list", "data-testid": "faults" });
  const none = h("p", { class: "soft" }, "Nothing fails at the moment.");
  const people = h("ul", { class: "plain-list" });
  const node = h("section", { class: "view", "aria-label": "Faults and people" }, h("header", { class: "view-head" }, h("h1", {}, icon("bolt"), "Faults and people"),
    h("p", { class: "topic" }, "What goes wrong in a real workspace, on demand")),
  h("div", { class: "page-body two" }, faultForm(), h("div", { class: "panel" }, h("h2", {}, "Set now"), none, list,
    h("h2", { class: "later" }, "The installation"), deeds()),
    h("div", { class: "panel wide" }, h("h2", {}, "People"), h("p", { class: "soft" }, "Slack tells the app with a user_change event."), people)));
  function update() {
    const faults = desk.state.faults || [];
    none.hidden = faults.length > 0;
    fill(list, faults.map(faultRow));
    keep(people, desk.state.people.filter((person) => !person.is_bot), { key: (person) => person.id, sign: (person) => JSON.stringify(person), build: personRow });
  }
  return { node, update };
}
