// The left side: the workspace, who I am, where I can go.

import { timeOf, zoneName } from "./dates.js";
import { fill, h, icon, keep } from "./dom.js";
import { readUpTo } from "./memory.js";
import { avatar } from "./message.js";
import { address, desk, go, me, now, roleOf, unseen } from "./state.js";

function unreadOf(place, at) {
  if (!place || desk.place.at === at) return { count: 0, mentions: 0 };
  return { count: place.unread || 0, mentions: unseen(place).filter((one) => one.mentions_me).length };
}

/** Mails and texts that came since this list was last looked at. */
function arrived(at, items) {
  const readTo = readUpTo(at, Math.max(0, ...items.map((one) => Number(one.at))));
  return desk.place.at === at ? 0 : items.filter((one) => Number(one.at) > readTo).length;
}

function places() {
  const state = desk.state;
  const dm = state.dms?.[0];
  const channels = state.channels.map((channel) => ({ at: channel.id, label: channel.name, icon: channel.is_private ? "lock" : "hash",
    test: `channel-${channel.id}`, faded: channel.is_archived, ...unreadOf(channel, channel.id) }));
  const direct = dm ? unreadOf(dm, dm.id) : { count: 0 };
  const faults = state.faults?.length || 0;
  return [
    { heading: "Channels" }, ...channels,
    { heading: state.bot?.name || "App" },
    { at: "home", label: "Home", icon: "home", test: "home-link", count: 0 },
    { at: dm?.id || "dm", label: "Messages", icon: "chat", test: "dm-link", count: direct.count, mentions: direct.count },
    { heading: "Outside Slack" },
    { at: "mail", label: "Mailbox", icon: "mail", test: "mail-link", count: arrived("mail", state.mail || []), quiet: true },
    { at: "sms", label: "Text messages", icon: "phone", test: "sms-link", count: arrived("sms", state.sms || []), quiet: true },
    { at: "log", label: "What was sent", icon: "list", test: "log-link", count: 0 },
    { at: "faults", label: "Faults and people", icon: "bolt", test: "faults-link", count: faults, quiet: true, bad: faults > 0 },
  ];
}

function placeLink(place) {
  if (place.heading) return h("h2", { class: "side-heading" }, place.heading);
  const here = desk.place.at === place.at;
  const news = place.count ? `, ${place.count} new` : "";
  return h("a", { href: address({ at: place.at, thread: "" }), class: `side-link${place.count ? " unread" : ""}${place.faded ? " faded" : ""}`,
    "aria-current": here ? "page" : undefined, "data-testid": place.test, "data-focus": place.test, "aria-label": `${place.label}${news}` },
  icon(place.icon), h("span", { class: "side-label" }, place.label),
  (place.mentions || (place.count && place.quiet)) ? h("span", { class: `count${place.quiet ? " quiet" : ""}${place.bad ? " bad" : ""}` },
    String(place.mentions || place.count)) : null);
}

export function personLine(person) {
  return [roleOf(person), person.title, zoneName(person.tz)].filter(Boolean).join(" · ");
}

function chooser() {
  const select = h("select", { "data-testid": "person", "aria-label": "You are", onchange: () => go({ as: select.value, thread: "" }) });
  const face = h("div", { class: "who-face", "aria-hidden": "true" });
  const box = h("div", { class: "who" }, h("div", { class: "side-heading" }, "You are"), h("div", { class: "who-box" }, face, select));
  let sign = "";
  return { box, update() {
    const people = desk.state.people.filter((person) => !person.is_bot);
    const next = JSON.stringify([people, desk.place.as, Math.floor(now() / 60)]);
    if (next === sign) return;
    sign = next;
    fill(select, people.map((person) => h("option", { value: person.id }, `${person.real_name || person.name} — ${personLine(person)}`)));
    select.value = desk.place.as;
    const mine = me();
    fill(face, mine ? [avatar(mine), h("div", { class: "who-words" }, h("strong", { dir: "auto" }, mine.real_name || mine.name),
      h("small", {}, [roleOf(mine), mine.title].filter(Boolean).join(" · ")), h("small", {}, `${timeOf(now(), mine.tz)} in ${zoneName(mine.tz)}`))] : h("strong", {}, "Nobody yet"), icon("down"));
  } };
}

function otherWindow() {
  const link = h("a", { target: "_blank", rel: "opener", class: "side-small", "data-testid": "second-window" });
  return { link, update() {
    const others = desk.state.people.filter((person) => !person.is_bot && !person.deleted && person.id !== desk.place.as);
    const other = others.find((person) => roleOf(person) === "Provider") || others[0];
    link.hidden = !other;
    if (!other) return;
    link.href = address({ as: other.id, thread: "" });
    fill(link, `Open a second window as ${(other.real_name || other.name).split(" ")[0]} ↗`);
  } };
}

export function sidebar(onClose) {
  const name = h("div", { class: "team" });
  const who = chooser();
  const links = h("nav", { "aria-label": "Places" });
  const second = otherWindow();
  const foot = h("div", { class: "side-foot" });
  const close = h("button", { type: "button", class: "icon-button side-close", "aria-label": "Close the menu", onclick: onClose }, icon("close"));
  const node = h("aside", { class: "sidebar", "aria-label": "Workspace", id: "sidebar" }, h("div", { class: "side-top" }, name, close), who.box, links, second.link, foot);
  links.addEventListener("click", (event) => { if (event.target.closest("a")) onClose(); });
  return { node, update() {
    fill(name, desk.state.team.name);
    who.update();
    keep(links, places(), { key: (place) => place.heading || place.test, sign: (place) => JSON.stringify([place, desk.place]), build: placeLink,
      update: undefined });
    second.update();
    const how = desk.state.deliveries || {};
    fill(foot, how.mode === "http" ? "The app listens over signed HTTP"
      : how.connected ? "The app is connected (Socket Mode)" : "The app is not connected yet");
    foot.classList.toggle("bad", how.mode !== "http" && !how.connected);
  } };
}
