// Hears of every change over a WebSocket and fetches the state anew; reconnects by itself and shows when it is cut off.

import { fetchState } from "./api.js";
import { notice } from "./notices.js";
import { accept, announce, desk } from "./state.js";

let socket = null;
let wait = 400;
let timer = 0;
let fetching = null;
let again = false;

async function fetchOnce() {
  const as = desk.place.as;
  const state = await fetchState(as);
  if (!state.ok || as !== desk.place.as) return;
  accept(state);
  announce();
}

/** Fetches the state; calls that come meanwhile share one more fetch after it. */
export function refresh() {
  if (fetching) { again = true; return fetching; }
  fetching = (async () => {
    do {
      again = false;
      await fetchOnce();
    } while (again);
    fetching = null;
  })();
  return fetching;
}

function showLink(up) {
  document.documentElement.classList.toggle("offline", !up);
  document.querySelector("[data-testid=offline]").hidden = up;
}

function hear(event) {
  let said;
  try {
    said = JSON.parse(event.data);
  } catch {
    return;
  }
  if (said.kind === "notice") notice(said.text, { bad: true });
  refresh();
}

/** (Re)connects as the person chosen now. */
export function connect() {
  clearTimeout(timer);
  if (socket) { socket.onclose = null; socket.close(); }
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/ui/live?as=${encodeURIComponent(desk.place.as)}`);
  socket.onopen = () => { wait = 400; showLink(true); refresh(); };
  socket.onmessage = hear;
  socket.onclose = () => {
    showLink(false);
    timer = setTimeout(connect, wait);
    wait = Math.min(wait * 1.7, 5000);
  };
}
