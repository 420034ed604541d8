// The table and data_table blocks. A data table can be sorted, filtered and paged, as in Slack.

import { h, fill } from "./dom.js";
import { element } from "./elements.js";
import { richText } from "./richtext.js";
import { withEmoji } from "./emoji.js";

function cell(one, block, ctx) {
  if (!one) return "";
  if (one.type === "rich_text") return richText(one, ctx.env);
  if (one.type === "raw_number") return one.text ?? new Intl.NumberFormat("en-US").format(one.value);
  if (one.type === "action" || one.element) return element(one.element || one.action, block, ctx);
  return withEmoji(String(one.text ?? ""));
}

function words(one) {
  if (one?.type === "raw_number") return String(one.value);
  if (one?.type === "rich_text") return JSON.stringify(one.elements).replace(/"(type|style|elements)":|[{}[\]",]/g, " ");
  return String(one?.text ?? "");
}

export function table(block, ctx) {
  const settings = block.column_settings || [];
  const side = (index) => `align-${settings[index]?.align || "left"}${settings[index]?.is_wrapped ? " wrapped" : ""}`;
  const [head, ...body] = block.rows || [];
  const row = (cells, tag) => h("tr", {}, cells.map((one, index) => h(tag, { class: side(index), scope: tag === "th" ? "col" : undefined },
    cell(one, block, ctx))));
  return h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", { class: "table" }, h("thead", {}, row(head || [], "th")), h("tbody", {}, body.map((cells) => row(cells, "td")))));
}

function compare(a, b) {
  if (a?.type === "raw_number" && b?.type === "raw_number") return a.value - b.value;
  return words(a).localeCompare(words(b), "en", { numeric: true });
}

export function dataTable(block, ctx) {
  const [head = [], ...rows] = block.rows || [];
  const size = block.page_size || 5;
  const keyColumn = block.row_header_column_index ?? 0;
  const view = { sort: -1, down: false, page: 0, find: "" };
  const body = h("tbody");
  const heads = h("tr");
  const foot = h("div", { class: "table-foot" });
  const numeric = (index) => rows.length && rows.every((row) => row[index]?.type === "raw_number");

  function draw() {
    const found = rows.filter((row) => !view.find || row.some((one) => words(one).toLowerCase().includes(view.find)));
    if (view.sort >= 0) found.sort((a, b) => compare(a[view.sort], b[view.sort]) * (view.down ? -1 : 1));
    const pages = Math.max(1, Math.ceil(found.length / size));
    view.page = Math.min(view.page, pages - 1);
    fill(body, found.slice(view.page * size, (view.page + 1) * size).map((row) => h("tr", {}, row.map((one, index) =>
      h(index === keyColumn ? "th" : "td", { scope: index === keyColumn ? "row" : undefined, class: numeric(index) ? "align-right" : undefined },
        cell(one, block, ctx))))));
    fill(heads, head.map((one, index) => h("th", { scope: "col", class: numeric(index) ? "align-right" : undefined,
      "aria-sort": view.sort === index ? (view.down ? "descending" : "ascending") : "none" },
    h("button", { type: "button", class: "sorter", onclick: () => sortBy(index) }, cell(one, block, ctx),
      h("span", { "aria-hidden": "true" }, view.sort === index ? (view.down ? " ↓" : " ↑") : "")))));
    const turn = (step, label) => h("button", { type: "button", class: "button tiny", disabled: view.page + step < 0 || view.page + step >= pages,
      onclick: () => { view.page += step; draw(); } }, label);
    fill(foot, h("span", {}, `${found.length} of ${rows.length} rows`), pages > 1 && [turn(-1, "Previous"), `${view.page + 1} / ${pages}`, turn(1, "Next")]);
  }
  function sortBy(index) {
    view.down = view.sort === index ? !view.down : false;
    view.sort = index;
    draw();
    heads.querySelectorAll("button")[index].focus();
  }
  const find = rows.length > size && h("input", { class: "field find", type: "search", placeholder: "Find in the table", "aria-label": "Find in the table",
    oninput: (event) => { view.find = event.target.value.trim().toLowerCase(); view.page = 0; draw(); } });
  draw();
  return h("div", { class: "data-table" }, h("div", { class: "table-head" }, h("span", {}, block.caption || ""), find),
    h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": block.caption || "Table" },
      h("table", { class: "table" }, h("caption", { class: "sr-only" }, block.caption || ""), h("thead", {}, heads), body)), foot);
}
