// Times as a person in the workspace reads them: always in that person's time zone, never in the browser's.
// Seconds since the epoch come in; text comes out. The tokens are those of Slack's <!date^…> format.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    try {
      formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
    } catch {
      // An unknown zone name must not take the page down.
      formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }));
    }
  }
  return formats.get(key);
}

function parts(seconds, zone, options) {
  const found = {};
  for (const part of format(zone, options).formatToParts(new Date(seconds * 1000))) found[part.type] = part.value;
  return found;
}

function ordinal(day) {
  const tens = day % 100;
  if (tens > 10 && tens < 14) return `${day}th`;
  return day + ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] || "th");
}

/** The calendar day in `zone`, as 2026-03-09. */
export function dayKey(seconds, zone) {
  const p = parts(seconds, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${p.year}-${p.month}-${p.day}`;
}

export function timeOf(seconds, zone) {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(new Date(seconds * 1000)).replace(/[\u202f\u00a0]/g, " ");
}

function relativeDay(seconds, zone, now) {
  const day = dayKey(seconds, zone);
  if (day === dayKey(now, zone)) return "today";
  // A day has 23 to 25 hours; noon of the neighbouring day is never in doubt.
  const noon = (moment) => Date.parse(`${dayKey(moment, zone)}T12:00:00Z`) / 86400000;
  const apart = Math.round(noon(seconds) - noon(now));
  if (apart === 1) return "tomorrow";
  return apart === -1 ? "yesterday" : null;
}

function longDate(seconds, zone, month, weekday) {
  const p = parts(seconds, zone, { year: "numeric", month, day: "numeric", weekday: "long" });
  const day = month === "long" ? ordinal(Number(p.day)) : p.day;
  return `${weekday ? `${p.weekday}, ` : ""}${p.month} ${day}, ${p.year}`;
}

export function ago(seconds, now) {
  const apart = Math.round(Math.abs(now - seconds));
  const [amount, unit] =
    apart < 60 ? [apart, "second"] : apart < 3600 ? [Math.round(apart / 60), "minute"]
      : apart < 86400 ? [Math.round(apart / 3600), "hour"] : [Math.round(apart / 86400), "day"];
  const text = `${amount} ${unit}${amount === 1 ? "" : "s"}`;
  return seconds > now ? `in ${text}` : `${text} ago`;
}

const TOKENS = {
  date_num: (s, zone) => dayKey(s, zone),
  date: (s, zone) => longDate(s, zone, "long", false),
  date_short: (s, zone) => longDate(s, zone, "short", false),
  date_long: (s, zone) => longDate(s, zone, "long", true),
  date_long_full: (s, zone) => longDate(s, zone, "long", true),
  date_pretty: (s, zone, now) => relativeDay(s, zone, now) || longDate(s, zone, "long", false),
  date_short_pretty: (s, zone, now) => relativeDay(s, zone, now) || longDate(s, zone, "short", false),
  date_long_pretty: (s, zone, now) => relativeDay(s, zone, now) || longDate(s, zone, "long", true),
  day_divider_pretty: (s, zone, now) => dayHeading(s, zone, now),
  time: (s, zone) => timeOf(s, zone),
  time_secs: (s, zone) => format(zone, { hour: "numeric", minute: "2-digit", second: "2-digit" })
    .format(new Date(s * 1000)).replace(/[\u202f\u00a0]/g, " "),
  ago: (s, zone, now) => ago(s, now),
};

/** Slack's date tokens filled in; null when the format holds none that is known. */
export function slackDate(seconds, pattern, zone, now) {
  if (!Number.isFinite(seconds)) return null;
  let known = false;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (!TOKENS[token]) return whole;
    known = true;
    return TOKENS[token](seconds, zone, now);
  });
  return known ? text : null;
}

/** The heading between two days of a channel. */
export function dayHeading(seconds, zone, now) {
  const near = relativeDay(seconds, zone, now);
  if (near === "today" || near === "yesterday") return near[0].toUpperCase() + near.slice(1);
  const p = parts(seconds, zone, { weekday: "long", month: "long", day: "numeric" });
  return `${p.weekday}, ${p.month} ${ordinal(Number(p.day))}`;
}

export function fullDate(seconds, zone) {
  return `${longDate(seconds, zone, "long", true)} at ${TOKENS.time_secs(seconds, zone)} (${zone})`;
}

export function shortStamp(seconds, zone, now) {
  const near = relativeDay(seconds, zone, now);
  if (near === "today") return timeOf(seconds, zone);
  const p = parts(seconds, zone, { month: "short", day: "numeric" });
  return `${p.month} ${p.day}, ${timeOf(seconds, zone)}`;
}

export function clockFace(seconds, zone) {
  const p = parts(seconds, zone, { weekday: "short", month: "short", day: "numeric" });
  return { day: `${p.weekday}, ${p.month} ${p.day}`, time: timeOf(seconds, zone) };
}

/** "America/New_York" as "New York". */
export function zoneName(zone) {
  return (zone || "UTC").split("/").pop().replaceAll("_", " ");
}

/** How far the workspace clock runs ahead, as "2 d 1 h". */
export function span(seconds) {
  const minutes = Math.round(seconds / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  return [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
}
