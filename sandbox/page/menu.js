// One floating menu at a time: the list under a select, an overflow menu. Keyboard: arrows, Home, End, Enter, Esc, typing filters.

import { h, fill } from "./dom.js";

let open = null;
let count = 0;

export function closeMenu(giveBack = true) {
  if (!open) return;
  const { menu, anchor, focusOf, onClose } = open;
  open = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  anchor.removeAttribute("aria-controls");
  if (giveBack) focusOf()?.focus();
  onClose?.();
}

/** The anchor may have been redrawn while the menu was open; its successor carries the same key. */
function successor(anchor) {
  if (anchor.isConnected) return anchor;
  return document.querySelector(`[data-focus="${CSS.escape(anchor.dataset.focus || "")}"]`);
}

function placeMenu() {
  if (!open) return;
  const anchor = successor(open.anchor);
  if (!anchor) { closeMenu(false); return; }
  const box = anchor.getBoundingClientRect();
  const { menu } = open;
  menu.style.minWidth = `${Math.min(Math.max(box.width, 200), innerWidth - 16)}px`;
  const high = menu.offsetHeight;
  const below = innerHeight - box.bottom - 12;
  const up = below < Math.min(high, 240) && box.top > below;
  menu.style.top = `${Math.max(8, up ? Math.max(8, box.top - high - 6) : box.bottom + 6)}px`;
  menu.style.maxHeight = `${Math.max(140, up ? box.top - 16 : below)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
}

addEventListener("resize", placeMenu);
addEventListener("scroll", (event) => { if (open && !open.menu.contains(event.target)) placeMenu(); }, true);
document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target) && !open.anchor.contains(event.target)) closeMenu(false);
});

function optionRow(option, role, chosen) {
  return h("div", {
    class: "option", role, id: `option-${(count += 1)}`, "data-value": option.value, "aria-disabled": option.disabled || undefined,
    "aria-selected": role === "option" ? String(chosen) : undefined,
  }, h("span", { class: "tick", "aria-hidden": "true" }, chosen ? "✓" : ""),
  h("span", { class: "option-text" }, option.node?.() || option.label, option.description && h("small", {}, option.description)));
}

/**
 * Opens a menu under `anchor`. `groups`: [{label?, options: [{value, label, node?, description?}]}].
 * `pick(option)` returns the chosen values again when the menu stays open (several choices), else nothing.
 */
export function openMenu(anchor, { label, groups, role = "listbox", chosen = new Set(), search = false, load, pick, onClose }) {
  if (open && open.anchor === anchor) { closeMenu(); return; }
  closeMenu(false);
  const itemRole = role === "menu" ? "menuitem" : "option";
  const list = h("div", { role, "aria-label": label, class: "options", tabindex: search ? undefined : "-1",
    "aria-multiselectable": onClose ? "true" : undefined, id: `list-${(count += 1)}` });
  const filter = search && h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": list.id,
    "aria-label": `Find in ${label}`, placeholder: "Type to find", autocomplete: "off", class: "filter" });
  const menu = h("div", { class: "menu", popover: "manual", "data-testid": "menu" }, filter, list);
  let shown = [];
  let at = -1;
  const holder = filter || list;

  function mark(index) {
    shown[at]?.row.classList.remove("active");
    at = Math.max(0, Math.min(index, shown.length - 1));
    const row = shown[at]?.row;
    if (!row) { holder.removeAttribute("aria-activedescendant"); return; }
    row.classList.add("active");
    row.scrollIntoView({ block: "nearest" });
    holder.setAttribute("aria-activedescendant", row.id);
  }
  function take(option) {
    if (option.disabled) return;
    const again = pick(option);
    if (!again) { closeMenu(); return; }
    chosen = again;
    draw(at);
  }
  function draw(index = 0) {
    const words = (filter?.value || "").trim().toLowerCase();
    shown = [];
    fill(list, groups.map((group) => {
      const rows = group.options.filter((option) => load || !words || option.label.toLowerCase().includes(words)).map((option) => {
        const row = optionRow(option, itemRole, chosen.has(option.value));
        row.addEventListener("click", () => take(option));
        shown.push({ row, option });
        return row;
      });
      return rows.length ? h("div", { role: group.label ? "group" : undefined, "aria-label": group.label },
        group.label && h("div", { class: "group-label", "aria-hidden": "true" }, group.label), rows) : null;
    }), null);
    if (!shown.length) list.append(h("div", { class: "none" }, "Nothing found"));
    mark(index);
  }
  async function reload() {
    if (load) groups = await load(filter.value);
    if (menu.isConnected) { draw(); placeMenu(); }
  }
  const keys = {
    ArrowDown: () => mark(at + 1), ArrowUp: () => mark(at - 1), Home: () => mark(0), End: () => mark(shown.length - 1),
    Enter: () => shown[at] && take(shown[at].option), Escape: () => closeMenu(), Tab: () => closeMenu(),
  };
  menu.addEventListener("keydown", (event) => {
    const act = keys[event.key] || (!filter && event.key === " " && keys.Enter);
    if (!act || (filter && (event.key === "Home" || event.key === "End"))) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
    act();
  });
  filter && filter.addEventListener("input", reload);

  (anchor.closest("dialog") || document.body).append(menu);
  menu.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("aria-controls", list.id);
  open = { menu, anchor, onClose, focusOf: () => successor(anchor) };
  draw();
  mark(shown.findIndex(({ option }) => chosen.has(option.value)));
  placeMenu();
  holder.focus({ preventScroll: true });
  if (load) reload();
}
