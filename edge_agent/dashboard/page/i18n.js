// Two languages; the browser's own decides until somebody switches. Times are those of the store.

import { MORE_WORDS } from "./words-more.js";
import { PAGE_WORDS } from "./words-pages.js";
import { WORDS as FIRST_WORDS } from "./words.js";

const WORDS = { ...FIRST_WORDS, ...MORE_WORDS, ...PAGE_WORDS };

const STORED = "edge-agent-language";


function preferred() {
  const kept = localStorage.getItem(STORED);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.languages.some((name, place) => place === 0 && name.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

let language = preferred();

export const locale = () => (language === "zh" ? "zh-CN" : navigator.languages.find((name) => name.startsWith("en")) ?? "en");

export function switchLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem(STORED, language);
  applyLanguage();
}

export function applyLanguage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function t(name, values = {}) {
  const text = WORDS[name]?.[language === "zh" ? 1 : 0] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// The text that an answer carries in both languages.
export const spoken = (name) => name[language];

let zone = "UTC";

export const timezone = () => zone;

export function setTimezone(name) {
  zone = name;
}

const dayOf = (ms) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(ms);

export function time(ms) {
  const sameDay = dayOf(ms) === dayOf(Date.now());
  return new Intl.DateTimeFormat(locale(), {
    timeZone: zone,
    ...(sameDay ? {} : { month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

export const dateTime = (ms) =>
  new Intl.DateTimeFormat(locale(), { timeZone: zone, dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" }).format(ms);

// What a field for date and time holds, as the clocks of the store show it; and back.
export function toLocal(ms) {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(ms);
  return parts.replace(" ", "T");
}

export function fromLocal(text) {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return null;
  const away = (ms) => Date.parse(`${toLocal(ms)}Z`) - Math.floor(ms / 60000) * 60000;
  const guess = asUtc - away(asUtc);
  return asUtc - away(guess);
}

export const percent = (share) => new Intl.NumberFormat(locale(), { style: "percent" }).format(share);

export function bytes(count) {
  const unit = count >= 1e9 ? ["gigabyte", 1e9] : count >= 1e6 ? ["megabyte", 1e6] : ["kilobyte", 1e3];
  return new Intl.NumberFormat(locale(), { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(count / unit[1]);
}

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = (value, name) =>
    new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "narrow" }).format(value);
  if (seconds < 60) return unit(seconds, "second");
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), "minute")} ${unit(seconds % 60, "second")}`;
  return `${unit(Math.floor(seconds / 3600), "hour")} ${unit(Math.floor((seconds % 3600) / 60), "minute")}`;
}

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
