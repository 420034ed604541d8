// For a first visit: three lines on what to try. Put away once, it stays away.

import { h, icon, fill } from "./dom.js";
import { recall, remember } from "./memory.js";
import { link } from "./mrkdwn.js";
import { desk } from "./state.js";

export function introduction(holder) {
  if (recall("intro") === "away") { if (holder.firstChild) fill(holder); return; }
  if (holder.firstChild) return;
  const links = (desk.state.links || []).map((one) => link(one.url, one.text));
  const away = () => { remember("intro", "away"); fill(holder); };
  fill(holder, h("aside", { class: "intro", "aria-label": "What to try", "data-testid": "intro" },
    h("button", { type: "button", class: "icon-button", "aria-label": "Put the introduction away", "data-testid": "intro-close", onclick: away }, icon("close")),
    h("h2", {}, "A workspace of your own, nothing leaves this machine"),
    h("ol", {},
      h("li", {}, links.length ? ["Send a referral: ", links.map((one, index) => [index ? " · " : "", one]), ". Its card appears here."]
        : "Referrals appear here as cards, at once."),
      h("li", {}, "Press Accept as one person; choose another under “You are” and press it again."),
      h("li", {}, "Turn the clock: +24 h brings the reminders, in the card's thread and by mail; +48 h the automatic decline. Mail and texts wait at the left."))));
}
