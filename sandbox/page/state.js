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

/** What texts need to be shown: names, my zone, the workspace's now. */
export function env() {
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
  return (words.length > 1 ? [...words[0]][0] + [...words.at(-1)][0] : [...(words[0] || "?")][0]).toUpperCase();
}

export function colourOf(person) {
  const given = person?.color && /^#?[0-9a-f]{6}$/i.test(person.color) ? person.color.replace(/^#?/, "#") : null;
  if (given) return given;
  let sum = 0;
  for (const character of person?.id || "") sum = (sum * 31 + character.codePointAt(0)) % 360;
  return `hsl(${sum} 42% 38%)`;
}

export function readPlace() {
  const given = new URLSearchParams(location.hash.replace(/^#/, ""));
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
