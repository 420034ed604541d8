// Builds DOM nodes and keeps lists of them in step with data.
// Nothing here, or anywhere in the page, hands a string to the HTML parser: what people write stays text.

const SVG = "http://www.w3.org/2000/svg";

function apply(node, props) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  apply(node, props);
  return append(node, children);
}

export function svg(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  return append(node, children);
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

const ICONS = {
  hash: "M7 3 5.5 17M14.5 3 13 17M3 7h14M2.5 13h14",
  lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
  home: "M3 9.5 10 3l7 6.5V17h-4.5v-4.5h-5V17H3z",
  chat: "M3 4h14v10H9l-4 3.5V14H3z",
  mail: "M2.5 4.5h15v11h-15zM3 5l7 6 7-6",
  phone: "M6 2.5h8v15H6zM9 15h2",
  list: "M7 5h10M7 10h10M7 15h10M3 5h.5M3 10h.5M3 15h.5",
  bolt: "M11 2 4 12h5l-1 6 7-10h-5z",
  menu: "M3 5h14M3 10h14M3 15h14",
  close: "M5 5l10 10M15 5 5 15",
  reply: "M3 4h14v9H9l-4 3.5V13H3zM7 7.5h6M7 10h4",
  down: "M5 8l5 5 5-5",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  more: "M4.5 10h.5M10 10h.5M15.5 10h.5",
  send: "M3 3.5 17.5 10 3 16.5l2-6.5zM5 10h6",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2",
  warn: "M10 3 18 16.5H2zM10 8v4M10 14.2v.3",
  people: "M7 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM2 17c0-3 2-5 5-5s5 2 5 5M13 5a2.6 2.6 0 0 1 0 5M14.5 12.3c2 .6 3.5 2.3 3.5 4.7",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

function focusKey(root) {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  const holder = active.closest("[data-focus]");
  if (!holder || !root.contains(holder)) return null;
  const range = typeof active.selectionStart === "number" ? [active.selectionStart, active.selectionEnd] : null;
  return { key: holder.dataset.focus, range };
}

/** Runs `change` and gives the focus back to the same control when its node was replaced. */
export function holdFocus(root, change) {
  const kept = focusKey(root);
  const before = document.activeElement;
  change();
  if (!kept || before.isConnected) return;
  const again = root.querySelector(`[data-focus="${CSS.escape(kept.key)}"]`);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (kept.range && again.setSelectionRange) again.setSelectionRange(...kept.range);
}

/**
 * Brings the children of `parent` in step with `items`, by key. A child whose `sign` is unchanged is not touched;
 * a changed one is handed to `update` (when given) or built anew.
 */
export function keep(parent, items, { key, sign, build, update }) {
  const old = new Map();
  for (const node of parent.children) if (node.keptKey !== undefined) old.set(node.keptKey, node);
  const nodes = items.map((item, index) => {
    const itemKey = String(key(item, index));
    const itemSign = sign(item, index);
    let node = old.get(itemKey);
    old.delete(itemKey);
    if (node && node.keptSign === itemSign) return node;
    if (node && update) update(node, item, index);
    else {
      const fresh = build(item, index);
      if (node) node.replaceWith(fresh);
      node = fresh;
    }
    node.keptKey = itemKey;
    node.keptSign = itemSign;
    return node;
  });
  for (const node of old.values()) node.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] || null);
  });
}
