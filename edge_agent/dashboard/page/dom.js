// Small helpers to build pages without a framework. Text is always set as text, never as HTML.

import { t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14M16.2 16.2 21 21",
  play: "M8 5.5v13l10.5-6.5z",
  close: "M6 6l12 12M18 6 6 18",
  upload: "M12 16V5M7.5 9 12 4.5 16.5 9M5 16v3a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 19v-3",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.3 8.3 0 0 1 9.5 4 8.3 8.3 0 1 0 20 14.5z",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z",
  person: "M12 4.5a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6M4.5 20.5a7.5 7.5 0 0 1 15 0",
  camera: "M4.5 7.5h9a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM15.5 11l6-3.2v8.4l-6-3.2",
  similar: "M9 4.5h9.5a1 1 0 0 1 1 1V15M4.5 9.5v9a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-9a1 1 0 0 0-1-1h-9a1 1 0 0 0-1 1z",
  back: "M15 5l-7 7 7 7",
  download: "M12 4.5v11M7.5 11.5 12 16l4.5-4.5M5 20h14",
  warn: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1",
  stop: "M7 7h10v10H7z",
  home: "M4 11.5 12 4.5l8 7M6 10v9.5h4.5V14h3v5.5H18V10",
  folder: "M3.5 7a1.5 1.5 0 0 1 1.5-1.5h4l2 2.5h8A1.5 1.5 0 0 1 20.5 9.5v8A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6",
  pulse: "M3 12h4l2.5-6.5 5 13L17 12h4",
  scroll: "M6.5 3.5h8l4 4v13h-12zM14 3.5V8h4.5M9 12.5h6.5M9 16h6.5",
  people: "M9 5a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 5M2.8 19.5a6.2 6.2 0 0 1 12.4 0M16 5.3a3 3 0 0 1 0 5.8M17.5 13.8a6 6 0 0 1 3.7 5.7",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 10.5v6M14 10.5v6",
  plus: "M12 5v14M5 12h14",
  apart: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M3.5 19.5a5.5 5.5 0 0 1 9-4.2M15.5 15.5l5 5M20.5 15.5l-5 5",
  grid: "M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM13.5 13.5h6v6h-6z",
  badge: "M6 3.5h12a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1M12 8.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4M8.5 17a3.5 3.5 0 0 1 7 0M10 3.5v2h4v-2",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
  wave: "M3 12h2M7 8v8M11 4.5v15M15 8v8M19 10.5v3",
  dots: "M5 12h.1M12 12h.1M19 12h.1",
  check: "M5 12.5l4.5 4.5L19 7.5",
  filter: "M4 6h16M7 12h10M10 18h4",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2",
};

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name in element && typeof value !== "string") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const icon = (name) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }, svg("path", { d: ICONS[name] }));

export function button(label, props = {}, iconName = null) {
  const { class: extra = "", iconOnly = false, ...rest } = props;
  return h(
    "button",
    { type: "button", class: `button ${extra}`, ...(iconOnly ? { "aria-label": label, title: label } : {}), ...rest },
    iconName && icon(iconName),
    !iconOnly && h("span", {}, label),
  );
}

// Keep the children of `parent` in step with `items` without touching what has not changed:
// a picture that is looked at does not flicker, a focused button keeps its focus.
export function reconcile(parent, items, { key, stamp, make }) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const mark = String(stamp(item));
    let child = old.get(name);
    old.delete(name);
    if (child && child.dataset.stamp !== mark) {
      const fresh = make(item);
      const focused = child.contains(document.activeElement);
      if (child === place) place = fresh;
      child.replaceWith(fresh);
      if (focused) (fresh.matches("a,button") ? fresh : fresh.querySelector("a,button"))?.focus();
      child = fresh;
    } else if (!child) {
      child = make(item);
      child.classList.add("arrives");
    }
    child.dataset.key = name;
    child.dataset.stamp = mark;
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}

// A labelled field of a form.
export function field(name, label, { hint, options, ...props } = {}) {
  const id = `field-${name}`;
  const input = options
    ? h("select", { id, name, ...props }, options.map(([value, words, selected]) => h("option", { value, ...(selected ? { selected: true } : {}) }, words)))
    : h("input", { id, name, type: "text", ...props, ...(hint ? { "aria-describedby": `${id}-hint` } : {}) });
  return h("div", { class: "field" }, h("label", { for: id }, label), input, hint && h("span", { class: "hint", id: `${id}-hint` }, hint));
}

export const emptyNote = (name, title, text = "", ...more) =>
  h("div", { class: "empty" }, icon(name), h("h2", {}, title), text && h("p", {}, text), more);

export const pageHead = (title, ...tools) => h("div", { class: "page-head" }, h("h1", {}, title), h("div", { class: "page-tools" }, tools));

export const backLink = (href, words) => h("a", { class: "back", href }, icon("back"), words);

export const loading = () =>
  h("div", { class: "loading", role: "status" }, h("span", { class: "visually-hidden" }, t("loading")), h("div", { class: "bone" }), h("div", { class: "bone" }), h("div", { class: "bone" }));

// Fills `place` with what `load` makes; shows that it is on its way, and what went wrong.
export async function fillWith(place, load) {
  if (!place.childElementCount) place.replaceChildren(loading());
  try {
    place.replaceChildren(...[await load()].flat().filter(Boolean));
  } catch (problem) {
    if (problem.name === "AbortError") return;
    const gone = problem.status === 404;
    const again = button(t("retry"), { onclick: () => fillWith(place, load) });
    place.replaceChildren(gone ? emptyNote("warn", t("notFound")) : emptyNote("warn", t("problem"), problem.message, again));
  }
}

export function say(text) {
  document.getElementById("said").textContent = text;
}

export function toast(text, kind = "error") {
  const note = h("div", { class: `toast ${kind}`, role: "alert" }, icon(kind === "error" ? "warn" : "check"), text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 7000);
}
