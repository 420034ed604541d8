// The workspace's clock at the top, and the buttons that turn it.

import { post } from "./api.js";
import { clockFace, span, zoneName } from "./dates.js";
import { fill, h, icon } from "./dom.js";
import { notice, tookTime } from "./notices.js";
import { desk, me, now } from "./state.js";

const TURNS = [[1, "+1 h"], [12, "+12 h"], [24, "+24 h"], [48, "+48 h"]];

export function clock(refresh) {
  const face = h("div", { class: "clock-face", "data-testid": "clock", role: "timer", "aria-live": "off" });
  const ahead = h("span", { class: "soft ahead" });
  const buttons = TURNS.map(([hours, label]) => {
    const node = h("button", { type: "button", class: "button tiny", "data-testid": `clock-${hours}h`, title: `Turns the desk's clock ${hours} h forward`,
      "aria-label": `Turn the desk's clock ${hours} ${hours === 1 ? "hour" : "hours"} forward` }, label);
    node.addEventListener("click", () => turn(hours, node));
    return node;
  });
  const node = h("div", { class: "clock", role: "group", "aria-label": "The desk's clock" }, icon("clock"), face, ahead,
    h("div", { class: "turns" }, h("span", { class: "soft turns-what", title: "Deadlines, reminders and links follow it" }, "turns the desk's clock"), buttons));

  async function turn(hours, button) {
    if (buttons.some((one) => one.disabled)) return;
    buttons.forEach((one) => { one.disabled = true; });
    button.classList.add("busy");
    const answer = await post("clock", { advance_seconds: hours * 3600 });
    await refresh();
    button.classList.remove("busy");
    buttons.forEach((one) => { one.disabled = false; });
    button.focus({ preventScroll: true });
    tookTime(`+${hours} h`, answer.elapsed_ms, answer.ok);
    if (!answer.ok) { notice(answer.error || "The clock could not be turned.", { bad: true }); return; }
    const { day, time } = clockFace(now(), me()?.tz || "UTC");
    const deaf = answer.told === false ? " The app was not told: it has no clock to turn, or refused." : "";
    notice(`It is now ${day}, ${time}.${deaf}`, { seconds: deaf ? 8 : 4 });
  }
  let sign = "";
  function tick() {
    if (!desk.state) return;
    const zone = me()?.tz || "UTC";
    const { day, time } = clockFace(now(), zone);
    const offset = desk.state.offset_seconds || 0;
    const next = `${day}|${time}|${zone}|${offset}`;
    if (next === sign) return;
    sign = next;
    fill(face, h("span", { class: "clock-day" }, day), " ", h("strong", {}, time), " ", h("span", { class: "soft" }, zoneName(zone)));
    fill(ahead, offset ? `${span(offset)} ahead` : "real time");
    ahead.classList.toggle("turned", offset > 0);
  }
  setInterval(tick, 1000);
  return { node, update: tick };
}
