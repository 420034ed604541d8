// The mailbox: every mail that was really sent over SMTP, as its reader would see it. Mail is shown in a frame without scripts.

import { fullDate, shortStamp } from "./dates.js";
import { fill, h, icon, keep } from "./dom.js";
import { markRead, recall, remember } from "./memory.js";
import { env, desk, go } from "./state.js";

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** The mail with a policy put before it: no script, nothing fetched, links open in a window of their own. */
function framed(html) {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank"><meta name="referrer" content="no-referrer">${html}`;
}

function address(value) {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

function frame(html, narrow) {
  const node = h("iframe", { class: `mail-frame${narrow ? " narrow" : ""}`, title: "The mail as HTML", "data-testid": "mail-html",
    sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer" });
  node.srcdoc = framed(html);
  return node;
}

function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/).map((part, index) =>
    (index % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part));
}

const TABS = [["html", "HTML"], ["text", "Plain text"], ["headers", "Headers"]];

function body(mail, tab, narrow) {
  if (tab === "html" && mail.html) return frame(mail.html, narrow);
  if (tab === "headers") {
    return h("dl", { class: `headers${narrow ? " narrow" : ""}`, "data-testid": "mail-headers" }, Object.entries(mail.headers || {}).flatMap(([name, value]) =>
      [h("dt", {}, name), h("dd", { dir: "auto" }, address(value))]), h("dt", {}, "Size"), h("dd", {}, `${mail.raw_size ?? "?"} bytes`));
  }
  return h("pre", { class: `mail-text${narrow ? " narrow" : ""}`, dir: "auto", "data-testid": "mail-text" }, linked(mail.text || "This mail has no plain text."));
}

function reader(mail, redraw) {
  const names = env();
  const tab = recall("mail-tab") || "html";
  const narrow = recall("mail-narrow") === "yes";
  const choose = (name) => { remember("mail-tab", name); redraw(`mail-tab-${name}`); };
  const width = h("button", { type: "button", class: "button tiny", "aria-pressed": String(narrow), "data-testid": "mail-narrow", "data-focus": "mail-narrow",
    onclick: () => { remember("mail-narrow", narrow ? "no" : "yes"); redraw("mail-narrow"); } }, icon("phone"), "Phone width");
  return h("article", { class: "mail-reader", "data-testid": "mail-reader" },
    h("header", { class: "mail-head" },
      h("button", { type: "button", class: "button tiny back", onclick: () => go({ at: "mail", thread: "" }) }, "← All mail"),
      h("h2", { dir: "auto" }, mail.subject || "(no subject)"),
      h("dl", { class: "mail-who" }, h("dt", {}, "From"), h("dd", { dir: "auto" }, address(mail.from)), h("dt", {}, "To"), h("dd", { dir: "auto" }, address(mail.to)),
        h("dt", {}, "Sent"), h("dd", {}, fullDate(Number(mail.at), names.tz))),
      h("div", { class: "mail-tools" }, h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the mail" }, TABS.map(([name, label]) =>
        h("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(tab === name), "data-testid": `mail-tab-${name}`,
          "data-focus": `mail-tab-${name}`, onclick: () => choose(name) }, label))), width)),
    h("div", { class: "mail-body" }, body(mail, tab, narrow)));
}

function row(mail) {
  const names = env();
  return h("a", { href: `#as=${names.me}&at=mail&thread=${encodeURIComponent(mail.id)}`, class: "mail-row", "data-testid": `mail-${mail.id}`, "data-focus": `mail-${mail.id}`,
    "aria-current": String(desk.place.thread) === String(mail.id) ? "true" : undefined },
  h("span", { class: "mail-to", dir: "auto" }, address(mail.to)), h("time", { class: "soft" }, shortStamp(Number(mail.at), names.tz, names.now)),
  h("span", { class: "mail-subject", dir: "auto" }, mail.subject || "(no subject)"),
  h("span", { class: "mail-snippet soft", dir: "auto" }, (mail.text || "").replace(/\s+/g, " ").slice(0, 110)));
}

export function mailView() {
  const find = h("input", { type: "search", class: "field find", placeholder: "Find by address or subject", "aria-label": "Find mail" });
  const count = h("p", { class: "topic" });
  const list = h("nav", { class: "mail-list", "aria-label": "Mails", "data-testid": "mail-list" });
  const pane = h("div", { class: "mail-pane" });
  const node = h("section", { class: "view mailbox", "aria-label": "Mailbox" },
    h("header", { class: "view-head" }, h("h1", {}, icon("mail"), "Mailbox"), count, find), h("div", { class: "mail-columns" }, list, pane));
  let sign = "";
  find.addEventListener("input", () => update());

  function redraw(focus) {
    sign = "";
    update();
    if (focus) pane.querySelector(`[data-focus="${focus}"]`)?.focus();
  }
  function update() {
    const all = [...(desk.state.mail || [])].sort((a, b) => Number(b.at) - Number(a.at) || String(b.id).localeCompare(String(a.id), "en", { numeric: true }));
    const words = find.value.trim().toLowerCase();
    const mails = all.filter((mail) => !words || `${address(mail.to)} ${address(mail.from)} ${mail.subject}`.toLowerCase().includes(words));
    fill(count, `${all.length} ${all.length === 1 ? "mail" : "mails"}, sent over SMTP to this mailbox only`);
    if (!mails.length) fill(list, h("p", { class: "empty" }, all.length ? "No mail matches." : "No mail yet."));
    else {
      list.querySelector(":scope > .empty")?.remove();
      keep(list, mails, { key: (mail) => mail.id, sign: (mail) => `${mail.id}|${desk.place.thread}|${Math.floor(env().now / 3600)}|${env().tz}`, build: row });
    }
    const open = all.find((mail) => String(mail.id) === String(desk.place.thread));
    node.classList.toggle("reading", Boolean(open));
    const next = open ? `${open.id}|${env().tz}|${desk.place.as}` : "none";
    if (next !== sign) fill(pane, open ? reader(open, redraw) : h("p", { class: "empty" }, "Choose a mail to read it."));
    sign = next;
    markRead("mail", Math.max(0, ...all.map((mail) => Number(mail.at))));
  }
  return { node, update };
}
