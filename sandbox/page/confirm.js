// "Are you sure?" as the app worded it (Slack's confirmation object), in a dialog of its own.

import { h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { env } from "./state.js";
import { withEmoji } from "./emoji.js";

/** Resolves to true when the person confirms. */
export function confirmed(ask) {
  if (!ask) return Promise.resolve(true);
  return new Promise((resolve) => {
    const style = ask.style === "danger" ? "danger" : "primary";
    const text = ask.text?.type === "plain_text" ? withEmoji(ask.text.text) : mrkdwn(ask.text?.text || "", env());
    const yes = h("button", { type: "submit", value: "yes", class: `button ${style}`, "data-testid": "confirm-yes" }, ask.confirm?.text || "Yes");
    const no = h("button", { type: "submit", value: "no", class: "button", "data-testid": "confirm-no" }, ask.deny?.text || "Cancel");
    const dialog = h("dialog", { class: "dialog small", "aria-labelledby": "confirm-title", "data-testid": "confirm" },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, ask.title?.text || "Are you sure?"),
        h("div", { class: "dialog-body" }, text),
        h("div", { class: "dialog-foot" }, no, yes)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    yes.focus();
  });
}
