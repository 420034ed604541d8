// What was sent: the last calls to the workspace's API and the last deliveries to the app.

import { shortStamp, fullDate } from "./dates.js";
import { h, icon, keep } from "./dom.js";
import { desk, env } from "./state.js";

function row(entry) {
  const names = env();
  const at = Number(entry.at);
  return h("tr", { class: entry.ok === false ? "failed" : "" },
    h("td", { class: "nowrap soft", title: fullDate(at, names.tz) }, shortStamp(at, names.tz, names.now)),
    h("th", { scope: "row" }, h("code", {}, entry.what)),
    h("td", {}, h("span", { class: `mark ${entry.ok === false ? "bad" : "good"}` }, entry.ok === false ? "failed" : "ok")),
    h("td", { class: "align-right nowrap" }, entry.ms === undefined || entry.ms === null ? "" : `${Math.round(Number(entry.ms) * 10) / 10} ms`),
    h("td", { class: "wrapped", dir: "auto" }, entry.note || ""));
}

export function logView() {
  const rows = h("tbody");
  const empty = h("p", { class: "empty" }, "Nothing was sent yet.");
  const table = h("table", { class: "table log" }, h("thead", {}, h("tr", {}, ["When", "What", "Result", "Time", "Note"].map((name) => h("th", { scope: "col" }, name)))), rows);
  const node = h("section", { class: "view", "aria-label": "What was sent" }, h("header", { class: "view-head" }, h("h1", {}, icon("list"), "What was sent"),
    h("p", { class: "topic" }, "The last calls of the app, and what was delivered to it")),
  h("div", { class: "page-body scroller", tabindex: "0", role: "region", "aria-label": "Log", "data-testid": "log" }, empty, table));
  function update() {
    const seen = new Map();
    const entries = [...(desk.state.log || [])].sort((a, b) => Number(b.at) - Number(a.at)).map((entry) => {
      const base = `${entry.at}|${entry.what}|${entry.note || ""}`;
      seen.set(base, (seen.get(base) || 0) + 1);
      return { ...entry, key: entry.id ?? `${base}|${seen.get(base)}` };
    });
    empty.hidden = entries.length > 0;
    table.hidden = !entries.length;
    keep(rows, entries, { key: (entry) => entry.key, sign: (entry) => JSON.stringify(entry) + env().tz, build: row });
  }
  return { node, update };
}
