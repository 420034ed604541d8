// What the server last said, and where this window stands in it: who I am and what I look at.
// The address (#as=U…&at=C…&thread=ts) holds the place, so that two windows can be two people.

const listeners = new Set();

export const desk = { state: null, heard: 0, place: { as: "", at: "", thread: "", msg: "" } };

export function onChange(listener) {
  listeners.add(listener);
}

export function announce() {
  for (const listener of listeners) listener();
}

/** Seconds since the epoch on the workspace's clock, carried on between two answers of the server. */
export function now() {
  if (!desk.state) return Date.now() / 1000;
  return desk.state.now + (performance.now() - desk.heard) / 1000;
}

export function accept(state) {
  desk.state = state;
  desk.heard = performance.now();
}

export function me() {
  return desk.state?.people.find((person) => person.id === desk.place.as) || null;
}

let kept = { sign: "", state: null, env: null };

/** What texts need to be shown: names, my zone, the workspace's now. Made once a second and person, as every message asks. */
export function env() {
  const sign = `${desk.place.as}|${Math.floor(now())}`;
  if (kept.state !== desk.state || kept.sign !== sign) kept = { sign, state: desk.state, env: freshEnv() };
  return kept.env;
}

function freshEnv() {
  const state = desk.state;
  const people = new Map(state.people.map((person) => [person.id, person]));
  if (state.bot && !people.has(state.bot.user_id)) {
    people.set(state.bot.user_id, { id: state.bot.user_id, real_name: state.bot.name, is_bot: true });
  }
  return {
    me: desk.place.as, tz: me()?.tz || "UTC", now: now(), people,
    channels: new Map(state.channels.map((channel) => [channel.id, channel])),
  };
}

export function dm() {
  return desk.state.dms?.[0] || null;
}

export function conversation(id) {
  return desk.state.channels.find((channel) => channel.id === id) || desk.state.dms?.find((one) => one.id === id) || null;
}

export function roleOf(person) {
  if (person.deleted) return "Deactivated";
  if (person.team_id && person.team_id !== desk.state.team.id) return "Other workspace";
  if (person.is_ultra_restricted || person.is_restricted) return "Guest";
  if (person.is_owner) return "Owner";
  if (person.is_admin) return "Admin";
  return "Provider";
}

export function initials(person) {
  const words = (person?.real_name || person?.name || "?").replace(/[^\p{L}\p{N}\s-]/gu, "").split(/[\s-]+/).filter(Boolean);
  return (words.length > 1 ? [...words[0]][0] + [...words[1]][0] : [...(words[0] || "?")][0]).toUpperCase();
}

function brightness(channels) {
  const [red, green, blue] = channels.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The person's colour, darkened until white letters on it can be read (contrast 4.6). */
export function colourOf(person) {
  const hex = /^#?([0-9a-f]{6})$/i.exec(person?.color || "")?.[1] || "6b5876";
  let channels = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  while (1.05 / (brightness(channels) + 0.05) < 4.6) channels = channels.map((one) => one * 0.95);
  return `rgb(${channels.map(Math.round).join(" ")})`;
}

/** Messages of a place that I have not seen: the last `unread` of those that others wrote. */
export function unseen(place) {
  const theirs = (place?.messages || []).filter((one) => !one.ephemeral && one.user !== desk.place.as);
  return place?.unread ? theirs.slice(-place.unread) : [];
}

export function readPlace() {
  const given = new URLSearchParams(location.hash.replace(/^#/, ""));
  const asked = new URLSearchParams(location.search);
  if (asked.get("channel")) {
    // A permalink to a message, as it stands in mails; the address then becomes an ordinary one.
    given.set("at", asked.get("channel"));
    given.set("msg", asked.get("ts") || "");
    history.replaceState(null, "", location.pathname + location.hash);
  }
  return Object.fromEntries(["as", "at", "thread", "msg"].map((name) => [name, given.get(name) || ""]));
}

export function address(change) {
  const next = { ...desk.place, msg: "", ...change };
  const pairs = Object.entries(next).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `#${pairs.join("&")}`;
}

/** Moves to another place; the hash change does the rest. */
export function go(change) {
  location.hash = address(change);
}
