// Small helpers to build pages without a framework. Text is always set as text, never as HTML.

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

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

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

export function say(text) {
  document.getElementById("said").textContent = text;
}

export function toast(text, kind = "error") {
  const note = h("div", { class: `toast ${kind}`, role: "alert" }, icon(kind === "error" ? "warn" : "clock"), text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 7000);
}
