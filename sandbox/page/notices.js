// Toasts, the line that tells how long the last click took, and the voice for screen readers.

import { h, icon, fill } from "./dom.js";

let region = null;
let voice = null;
let speed = null;

export function mountNotices(body, speedLine) {
  region = h("div", { class: "notices", role: "status", "aria-live": "polite", popover: "manual" });
  voice = h("div", { class: "sr-only", role: "log", "aria-live": "polite" });
  speed = speedLine;
  body.append(region, voice);
}

/** A modal dialog hides all that lies outside it, so the toasts move into the topmost one. */
export function liftNotices() {
  const host = [...document.querySelectorAll("dialog[open]")].at(-1) || document.body;
  if (region.parentNode !== host) host.append(region);
  if (region.children.length) {
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
  }
}

export function notice(text, { bad = false, seconds = 8 } = {}) {
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss" }, icon("close"));
  const toast = h("div", { class: `notice${bad ? " bad" : ""}`, "data-testid": "notice" }, h("span", {}, text), close);
  const drop = () => {
    toast.remove();
    if (!region.children.length && region.matches(":popover-open")) region.hidePopover();
  };
  close.addEventListener("click", drop);
  region.append(toast);
  while (region.children.length > 4) region.firstChild.remove();
  liftNotices();
  setTimeout(drop, seconds * 1000);
}

export function say(text) {
  voice.append(h("p", {}, text));
  while (voice.children.length > 5) voice.firstChild.remove();
}

const WORDS = {
  operation_timeout: "The app did not answer in time.", unknown_command: "There is no such command.",
  incomplete: "Please complete the form.", interactivity_disabled: "The app takes no clicks.",
};

/** An error code of the workspace as a sentence. */
export function inWords(error) {
  if (!error) return "That was not taken.";
  return WORDS[error] || (/^[a-z0-9_]+$/.test(error) ? `The app failed: ${error}` : error);
}

/** "Accept answered in 14 ms": the measured time of the desk's answer. */
export function tookTime(what, ms, ok = true) {
  const time = ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.max(1, Math.round(ms))} ms`;
  fill(speed, icon("bolt"), h("span", {}, `${what} ${ok ? "answered" : "failed"} in ${time}`));
  speed.classList.toggle("slow", ms >= 1000 || !ok);
  speed.dataset.ms = String(Math.round(ms));
}
