// The emoji short names that a desk is likely to use. An unknown name stays as it was written.

import { withGlyphs } from "./emojiart.js";

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", rotating_light: "🚨", exclamation: "❗", question: "❓",
  bangbang: "‼️", information_source: "ℹ️", bulb: "💡", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", stopwatch: "⏱️", timer_clock: "⏲️", clock1: "🕐",
  clock3: "🕒", clock9: "🕘", clock12: "🕛", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", zzz: "💤",
  phone: "☎️", telephone: "☎️", telephone_receiver: "📞", iphone: "📱", calling: "📲", email: "✉️", envelope: "✉️",
  incoming_envelope: "📨", mailbox: "📫", inbox_tray: "📥", outbox_tray: "📤", memo: "📝", pencil: "📝", pencil2: "✏️",
  clipboard: "📋", page_facing_up: "📄", file_folder: "📁", open_file_folder: "📂", card_index: "📇", pushpin: "📌",
  round_pushpin: "📍", paperclip: "📎", link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", mag: "🔍",
  gear: "⚙️", wrench: "🔧", bar_chart: "📊", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁",
  leftwards_arrow_with_hook: "↩️", arrow_right_hook: "↪️", fast_forward: "⏩", double_vertical_bar: "⏸️",
  pause_button: "⏸️", arrow_forward: "▶️", stop_button: "⏹️", heavy_plus_sign: "➕", heavy_minus_sign: "➖",
  red_circle: "🔴", large_blue_circle: "🔵", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫", small_blue_diamond: "🔹",
  small_orange_diamond: "🔸", star: "⭐", star2: "🌟", sparkles: "✨", tada: "🎉", trophy: "🏆", fire: "🔥", zap: "⚡",
  wave: "👋", pray: "🙏", clap: "👏", raised_hands: "🙌", raised_hand: "✋", hand: "✋", "+1": "👍", thumbsup: "👍",
  "-1": "👎", thumbsdown: "👎", ok_hand: "👌", point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇",
  handshake: "🤝", muscle: "💪", eyes: "👀", speech_balloon: "💬", thought_balloon: "💭", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", family: "👪", couple: "👫", child: "🧒", baby: "👶", adult: "🧑", older_adult: "🧓",
  brain: "🧠", heart: "❤️", green_heart: "💚", blue_heart: "💙", purple_heart: "💜", seedling: "🌱", herb: "🌿",
  sunny: "☀️", crescent_moon: "🌙", coffee: "☕", house: "🏠", house_with_garden: "🏡", office: "🏢", hospital: "🏥",
  school: "🏫", couch_and_lamp: "🛋️", door: "🚪", computer: "💻", credit_card: "💳", moneybag: "💰", receipt: "🧾",
  smile: "😄", slightly_smiling_face: "🙂", relaxed: "☺️", thinking_face: "🤔", neutral_face: "😐", tired_face: "😫",
  white_small_square: "▫️", black_small_square: "▪️", checkered_flag: "🏁", triangular_flag_on_post: "🚩",
  wastebasket: "🗑️", package: "📦", label: "🏷️", bookmark: "🔖", globe_with_meridians: "🌐", earth_americas: "🌎",
  airplane: "✈️", palm_tree: "🌴", new: "🆕", ok: "🆗", sos: "🆘", recycle: "♻️", hash: "#️⃣",
};

export function emoji(name) {
  return NAMES[name.split("::")[0]] || null;
}

/** Plain text with its short names replaced; text only, for labels and options. */
export function emojiText(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) || whole);
}

/** The same as nodes, so that an emoji is drawn where the machine has no font for it. */
export function withEmoji(text) {
  return withGlyphs(emojiText(text));
}
