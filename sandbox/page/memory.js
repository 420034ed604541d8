// What this browser remembers: up to where each person has read, drafts, whether the introduction was put away.
// Storage may be forbidden (private windows); then it is remembered until the page closes.

import { desk } from "./state.js";

const fallback = new Map();

function read(key) {
  try {
    return localStorage.getItem(key) ?? fallback.get(key) ?? null;
  } catch {
    return fallback.get(key) ?? null;
  }
}

function write(key, value) {
  fallback.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept in `fallback`.
  }
}

const name = (what, at) => `sandbox:${desk.state?.team.id}:${desk.place.as}:${what}:${at}`;

export const remember = (key, value) => write(`sandbox:${key}`, value);
export const recall = (key) => read(`sandbox:${key}`);

/** The marker up to which `at` was read. One that lies after the newest item comes from an earlier run and counts for nothing. */
export function readUpTo(at, newest) {
  const kept = Number(read(name("read", at)) || 0);
  return kept > newest ? 0 : kept;
}

export function markRead(at, newest) {
  if (newest && Number(read(name("read", at)) || 0) !== newest) write(name("read", at), String(newest));
}

const drafts = new Map();

export const draftOf = (at) => drafts.get(`${desk.place.as}:${at}`) || "";
export const keepDraft = (at, text) => drafts.set(`${desk.place.as}:${at}`, text);
