// Where a clip, a sound, a text or a picture comes from: questions by file, address or clip.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { button, emptyNote, field, fillWith, h, icon, pageHead, toast } from "./dom.js";
import { number, percent, t, time } from "./i18n.js";
import { desk } from "./pictures.js";

const PAGE = 30;
const EVERY_MS = 2000;
const RECORDINGS = "recordings";
const MEDIA = ["video", "audio", "text", "picture"];

export function copiesView() {
  const stopped = new AbortController();
  const parts = { list: h("div", {}), form: h("div", {}), signal: stopped.signal };
  fillWith(parts.form, async () => form(parts, await api.printLibraries(stopped.signal)));
  follow(parts);
  desk.take = ([file]) => parts.take?.(file);
  return {
    title: t("copies"),
    leave: () => {
      desk.take = null;
      stopped.abort();
    },
    element: h(
      "div",
      { class: "page" },
      pageHead(t("copies")),
      h("p", { class: "muted" }, t("copiesText")),
      h("div", { class: "columns inner" }, h("aside", { class: "rail" }, parts.form), h("section", { class: "people", "aria-label": t("askedCopies") }, parts.list)),
    ),
  };
}

async function follow(parts) {
  while (!parts.signal.aborted) {
    if (!document.hidden && !parts.list.contains(document.activeElement)) await fillWith(parts.list, () => listed(parts));
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function listed(parts) {
  const { jobs } = await api.printJobs({ limit: PAGE }, parts.signal);
  const shots = jobs.filter(({ kind }) => kind === "shot" || kind === "import");
  if (!shots.length) return emptyNote("wave", t("noCopies"), t("noCopiesText"));
  return h("ul", { class: "job-list" }, shots.map(row));
}

export function outcome(job) {
  if (job.state !== "succeeded") return t(job.state);
  if (job.match_count === null) return t("keptOnly");
  return job.match_count ? t("copiesFound", { count: number(job.match_count) }) : t("noCopyFound");
}

export const inputName = ({ input, key }) => input?.name || key || "–";

function row(job) {
  const found = job.state === "succeeded" && job.match_count > 0;
  const running = job.state === "running" && job.progress > 0 && ` ${percent(job.progress)}`;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "job card", href: `#/copies/${job.id}` },
      icon("wave"),
      h("strong", { class: "job-name" }, inputName(job)),
      h("span", { class: "chip", data: { state: found ? "succeeded" : job.state === "failed" ? "failed" : "" } }, outcome(job), running),
      h("span", { class: "muted end" }, time(job.created_ms)),
    ),
  );
}

function form(parts, { libraries }) {
  const asked = new URLSearchParams(location.hash.split("?")[1] ?? "").get("fragment") ?? "";
  const named = ({ id, name, system, files, medium }) => [system ? RECORDINGS : id, `${system ? t("ownClips") : name} · ${t(`medium_${medium}`)} · ${number(files)}`];
  const sorted = libraries.toSorted((a, b) => Number(b.system) - Number(a.system));
  const options = sorted.some(({ system }) => system) ? sorted.map(named) : [[RECORDINGS, t("ownClips")], ...sorted.map(named)];
  const input = h("input", {
    type: "file",
    id: "copy-file",
    class: "visually-hidden",
    onchange: (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) parts.take(file);
    },
  });
  const library = field("library", t("lookIn"), { options });
  const keep = h("label", { class: "tick" }, h("input", { type: "checkbox", name: "keep" }), t("keepInLibrary"));
  const hideKeep = () => (keep.hidden = library.querySelector("select").value === RECORDINGS);
  library.querySelector("select").addEventListener("change", hideKeep);
  hideKeep();
  const options_ = () => {
    const chosen = library.querySelector("select").value;
    return { library: chosen, ...(chosen !== RECORDINGS && keep.querySelector("input").checked ? { save: "save" } : {}) };
  };
  parts.take = (file) => submit(() => api.printFile(file, { ...options_(), name: file.name }));
  const place = field("place", t("addressOrClip"), { value: asked, maxlength: "4096", placeholder: "https://…" });
  const send = (event) => {
    event.preventDefault();
    const text = place.querySelector("input").value.trim();
    if (!text) return;
    submit(() => api.printPlace({ ...options_(), ...(/^[0-9a-f]{32}$/.test(text) ? { fragment: text } : { url: text }) }));
  };
  return h(
    "form",
    { class: "card ask padded", onsubmit: send },
    h("h2", {}, t("findCopy")),
    h("div", { class: "drop" }, input, h("label", { for: "copy-file", class: "drop-target" }, h("span", { class: "drop-icon" }, icon("upload")), h("span", {}, `${t("dropFile")} `, h("span", { class: "link" }, t("chooseFile"))))),
    place,
    library,
    keep,
    h("div", { class: "detail-actions" }, h("button", { type: "submit", class: "button" }, t("searchNow")), api.session.may("administrator") && button(t("newLibrary"), { class: "quiet", onclick: () => libraryDialog(parts) }, "plus")),
  );
}

async function submit(send) {
  document.body.classList.add("busy");
  try {
    const job = await send();
    location.hash = `#/copies/${job.id}`;
  } catch (problem) {
    toast(problem.message);
  }
  document.body.classList.remove("busy");
}

function libraryDialog(parts) {
  formDialog({
    title: t("newLibrary"),
    submit: t("create"),
    fields: [
      field("name", t("taskName"), { required: true, maxlength: "128" }),
      field("medium", t("holds"), { options: MEDIA.map((one) => [one, t(`medium_${one}`)]) }),
    ],
    done: async (given) => {
      await api.addPrintLibrary(given);
      fillWith(parts.form, async () => form(parts, await api.printLibraries(parts.signal)));
    },
  });
}
