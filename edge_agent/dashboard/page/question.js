// Asking: by a dropped, pasted or chosen picture, or by a person on the wall.

import * as api from "./api.js";
import { h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { box } from "./box.js";

const LARGEST_BYTES = 4 * 1024 * 1024;
const LONGEST_SIDE = 2048;
const SENT_AS_IS = ["image/jpeg", "image/png", "image/webp", "image/bmp"];
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

// A phone's photograph is larger than a question may be: the browser makes it smaller.
export async function fitting(file) {
  if (SENT_AS_IS.includes(file.type) && file.size <= LARGEST_BYTES) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(t("notPicture"));
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const smaller = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!smaller || smaller.size > LARGEST_BYTES) throw new Error(t("tooManyPixels"));
  return smaller;
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

// A page that wants to look at a picture before it is sent sets this while it is shown.
export const desk = { take: null };

const taken = (file) => (desk.take ? desk.take(file) : ask({ picture: file }));

// The whole page takes pictures, whatever is shown.
export function watchPictures() {
  let depth = 0;
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const cover = h("div", { class: "cover", hidden: true }, icon("search"), h("span", {}));
  document.body.append(cover);
  const showCover = (shown) => {
    cover.hidden = !shown || !api.session.may("investigator");
    cover.lastElementChild.textContent = t("dropNow");
  };
  addEventListener("dragenter", (event) => {
    if (carries(event)) showCover((depth += 1) > 0);
  });
  addEventListener("dragleave", (event) => {
    if (carries(event)) showCover((depth = Math.max(0, depth - 1)) > 0);
  });
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    showCover((depth = 0) > 0);
    const [file] = event.dataTransfer.files;
    if (file) taken(file);
  });
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
    if (file) taken(file);
  });
}
