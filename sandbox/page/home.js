// The App Home: what the bot published for this person.

import { post } from "./api.js";
import { keepBlocks } from "./blocks.js";
import { appTabs } from "./channel.js";
import { fill, h, holdFocus } from "./dom.js";
import { tookTime } from "./notices.js";
import { desk, env } from "./state.js";

export function homeView() {
  const head = h("header", { class: "view-head" });
  const blocks = h("div", { class: "blocks" });
  const empty = h("p", { class: "empty" }, "Opening…");
  const page = h("div", { class: "home-page", tabindex: "0", role: "region", "aria-label": "App Home", "data-testid": "home" }, empty, blocks);
  const node = h("section", { class: "view home" }, head, page);
  const ctx = { target: { surface: "home" } };
  let opened = "";

  async function open() {
    opened = desk.place.as;
    fill(empty, "Opening…");
    const answer = await post("home", { as: opened });
    tookTime("Home", answer.elapsed_ms, answer.ok);
    fill(empty, answer.ok ? "The app has published nothing for this person yet." : answer.error || "The app did not answer.");
  }
  function update() {
    if (!head.firstChild) fill(head, h("h1", {}, desk.state.bot?.name || "App"), appTabs("home"));
    if (opened !== desk.place.as) open();
    const view = desk.state.home;
    empty.hidden = Boolean(view);
    Object.assign(ctx, { key: `home:${desk.place.as}`, blocks: view?.blocks || [], env: env() });
    holdFocus(blocks, () => keepBlocks(blocks, ctx.blocks, ctx));
  }
  return { node, update };
}
