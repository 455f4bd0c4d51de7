// The panel that asks for a picture, and what is compared within which time.

import { ask, filter } from "./asking.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

export function questionPanel(chosen = (files) => ask({ pictures: files })) {
  const input = h("input", {
    type: "file",
    accept: "image/*",
    multiple: true,
    id: "picture",
    class: "visually-hidden",
    onchange: (event) => {
      const files = [...event.target.files];
      event.target.value = "";
      if (files.length) chosen(files);
    },
  });
  return h(
    "section",
    { class: "ask card", "aria-labelledby": "ask-title" },
    h("h2", { id: "ask-title" }, t("findTitle")),
    h(
      "div",
      { class: "drop" },
      input,
      h(
        "label",
        { for: "picture", class: "drop-target" },
        h("span", { class: "drop-icon" }, icon("upload")),
        h("span", {}, `${t("findText")} `, h("span", { class: "link" }, t("choose"))),
      ),
    ),
    h("p", { class: "hint" }, t("findHint")),
    h(
      "div",
      { class: "options" },
      choice("kinds", "compare", [
        ["face,body", "faceAndBody"],
        ["face", "face"],
        ["body", "body"],
      ], (value) => (filter.kinds = value)),
      choice("hours", "within", [
        ["0", "anyTime"],
        ["1", "lastHour"],
        ["24", "lastDay"],
        ["168", "lastWeek"],
      ], (value) => (filter.hours = Number(value))),
    ),
  );
}

function choice(name, label, values, chosen) {
  return h(
    "label",
    { class: "choice" },
    h("span", {}, t(label)),
    h(
      "select",
      { name, onchange: (event) => chosen(event.target.value) },
      values.map(([value, words]) =>
        h("option", { value, ...(String(filter[name]) === value ? { selected: true } : {}) }, t(words)),
      ),
    ),
  );
}
