// Who else looks like a person: a search, asked for on purpose because it is logged.

import * as api from "./api.js";
import { trackCard } from "./cards.js";
import { button, emptyNote, h } from "./dom.js";
import { number, t } from "./i18n.js";
import { isFinal } from "./outcome.js";

const MOST = 12;
const WAIT_MS = 400;

export function similarSection(track) {
  const place = h("div", { class: "similar" });
  const look = button(t("lookFor"), { onclick: () => search(track, place) }, "similar");
  place.append(look, h("p", { class: "hint" }, t("similarNote")));
  return h("section", { class: "block", "aria-labelledby": "similar-title" }, h("h2", { id: "similar-title" }, t("similarPeople")), place);
}

async function search(track, place) {
  const progress = h("progress", { max: 1, "aria-label": t("searching") });
  place.replaceChildren(progress);
  try {
    let job = await api.searchBy({ track: track.id, limit: MOST });
    while (!isFinal(job) && place.isConnected) {
      await new Promise((wake) => setTimeout(wake, WAIT_MS));
      job = await api.job(job.id, { limit: MOST });
      if (job.progress) progress.value = job.progress;
    }
    place.replaceChildren(found(job));
  } catch (problem) {
    place.replaceChildren(emptyNote("warn", t("problem"), problem.message));
  }
}

function found(job) {
  if (job.state === "failed") return emptyNote("warn", t("failed"), job.error?.message ?? "");
  if (!job.hits?.length) return emptyNote("person", t("noHitsTitle"), t("noHitsText"));
  const card = (hit) =>
    trackCard({ ...hit, id: hit.track, state: "ended" }, h("span", { class: "score-badge", title: t("score") }, number(hit.score, 2)));
  return h("div", {}, h("div", { class: "wall small-wall" }, job.hits.map(card)), h("p", { class: "hint" }, t("suggestion")));
}
