// Asking: by a dropped, pasted or chosen picture, or by a person on the wall.

import * as api from "./api.js";
import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { box } from "./box.js";
import { fitting } from "./pictures.js";

const HOUR_MS = 3_600_000;

// What the page was asked with during this visit, by job, to be shown beside the answer at once.
export const askedWith = new Map();

export const filter = { kinds: "face,body", hours: 0, cameras: new Set() };

function question() {
  const kinds = filter.kinds.split(",");
  const start = filter.hours ? { start_ms: Math.floor(box.now() - filter.hours * HOUR_MS) } : {};
  return { kinds, cameras: [...filter.cameras], ...start };
}

export async function ask({ picture, track, region = null }) {
  if (!api.session.may("investigator")) return;
  document.body.classList.add("busy");
  try {
    let job;
    if (picture) {
      const sent = await fitting(picture);
      job = await api.searchByPicture(sent, { ...question(), region });
      askedWith.set(job.id, URL.createObjectURL(sent));
    } else {
      job = await api.searchByTrack(track, question());
    }
    location.hash = `#/jobs/${job.id}`;
  } catch (problem) {
    toast(problem.message);
  }
  document.body.classList.remove("busy");
}

export function questionPanel(chosen = (file) => ask({ picture: file })) {
  const input = h("input", {
    type: "file",
    accept: "image/*",
    id: "picture",
    class: "visually-hidden",
    onchange: (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) chosen(file);
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
