// Puts the page together: top bar, sidebar, the view of the place in the address, thread, modals.

import { fetchState } from "./api.js";
import { channelView } from "./channel.js";
import { clock } from "./clock.js";
import { fill, h, icon } from "./dom.js";
import { faultsView } from "./faults.js";
import { homeView } from "./home.js";
import { connect, refresh } from "./live.js";
import { logView } from "./log.js";
import { mailView } from "./mail.js";
import { recall, remember } from "./memory.js";
import { closeMenu } from "./menu.js";
import { updateModals } from "./modal.js";
import { mountNotices } from "./notices.js";
import { sidebar } from "./sidebar.js";
import { smsView } from "./sms.js";
import { accept, address, conversation, desk, onChange, readPlace } from "./state.js";
import { threadView } from "./thread.js";

const PAGES = { home: homeView, mail: mailView, sms: smsView, log: logView, faults: faultsView };

const main = h("main", { class: "main", id: "main" });
const drawer = h("button", { type: "button", class: "icon-button drawer-button", "aria-label": "Menu", "aria-expanded": "false", "aria-controls": "sidebar",
  "data-testid": "drawer" }, icon("menu"));
const speed = h("div", { class: "speed soft", "data-testid": "speed", "aria-live": "off" });
const veil = h("div", { class: "veil", onclick: () => openDrawer(false) });
const offline = h("div", { class: "offline-bar", role: "status", "data-testid": "offline", hidden: true }, "Disconnected from the sandbox. Trying again…");
const turning = clock(refresh);
const side = sidebar(() => openDrawer(false));
let view = null;
let viewKey = "";
let thread = null;
let threadKey = "";

function openDrawer(wide) {
  if (document.body.classList.contains("drawer-open") === wide) return;
  document.body.classList.toggle("drawer-open", wide);
  drawer.setAttribute("aria-expanded", String(wide));
  if (wide) side.node.querySelector("select, a")?.focus();
  else if (getComputedStyle(drawer).display !== "none") drawer.focus();
}
drawer.addEventListener("click", () => openDrawer(true));
addEventListener("keydown", (event) => { if (event.key === "Escape") openDrawer(false); });

function show() {
  const { as, at } = desk.place;
  const key = `${as}|${at}`;
  if (key !== viewKey) {
    closeMenu(false);
    view = (PAGES[at] || channelView)(at);
    viewKey = key;
    threadKey = "";
    fill(main, view.node);
    thread = null;
  }
  const wanted = desk.place.thread && !PAGES[at] ? `${key}|${desk.place.thread}` : "";
  if (wanted !== threadKey) {
    thread?.node.remove();
    thread = wanted ? threadView(at, desk.place.thread) : null;
    if (thread) { main.append(thread.node); thread.update(); thread.focus(); }
    threadKey = wanted;
  }
  main.classList.toggle("with-thread", Boolean(thread));
}

function draw() {
  if (!desk.state || !desk.place.as) return;
  show();
  side.update();
  turning.update();
  view.update();
  thread?.update();
  updateModals();
  const name = PAGES[desk.place.at] ? desk.place.at : conversation(desk.place.at)?.name || desk.state.bot?.name || "";
  document.title = `${name ? `${name} – ` : ""}${desk.state.team.name}`;
}

function settle() {
  const state = desk.state;
  const people = state.people.filter((person) => !person.is_bot);
  const place = desk.place;
  if (!people.some((person) => person.id === place.as)) place.as = state.me || recall("as") || people[0]?.id || "";
  if (!people.some((person) => person.id === place.as)) place.as = people[0]?.id || "";
  const first = state.channels.find((channel) => /referral/i.test(channel.name)) || state.channels[0];
  if (!place.at || (place.at.startsWith("D") && !conversation(place.at))) place.at = place.at ? state.dms?.[0]?.id || first?.id : first?.id || "home";
  history.replaceState(null, "", address({ msg: place.msg }));
}

async function follow() {
  const before = desk.place.as;
  desk.place = readPlace();
  if (desk.place.as !== before) {
    // Another person's eyes: their direct messages, ephemerals and views come with their own state.
    const state = await fetchState(desk.place.as);
    if (state.ok) accept(state);
    settle();
    remember("as", desk.place.as);
    connect();
  } else settle();
  draw();
}

async function start() {
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.querySelector("[tabindex]")?.focus(); } }, "Skip to the messages"),
    h("header", { class: "top" }, drawer, turning.node, speed), offline, h("div", { class: "frame" }, side.node, veil, main));
  mountNotices(document.body, speed);
  desk.place = readPlace();
  const wanted = desk.place.as || recall("as") || "";
  const state = await fetchState(wanted).then((answer) => (answer.ok ? answer : fetchState("")));
  if (!state.ok) {
    fill(main, h("p", { class: "empty", role: "alert" }, "The sandbox does not answer. Start it, then this page comes by itself."));
    setTimeout(() => location.reload(), 3000);
    return;
  }
  accept(state);
  if (!desk.place.as) desk.place.as = wanted || state.me || "";
  settle();
  if (desk.place.as !== state.me) {
    const own = await fetchState(desk.place.as);
    if (own.ok) accept(own);
  }
  onChange(draw);
  addEventListener("hashchange", follow);
  document.addEventListener("visibilitychange", draw);
  draw();
  connect();
  // Dates in words ("today", "3 minutes ago") age without any change at the server.
  setInterval(draw, 30000);
}

start();
