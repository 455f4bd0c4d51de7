// What a search was asked with.

import * as api from "./api.js";
import { askedWith } from "./asking.js";
import { pictures } from "./cards.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { duration, number, t, time } from "./i18n.js";
import { isFinal } from "./outcome.js";

export function askedPanel(job) {
  const asked = askedWith(job.id);
  const shown = asked?.addresses.length ? asked.addresses : [job.query_url].filter(Boolean);
  return h(
    "section",
    { class: "card asked", "aria-labelledby": "asked-title" },
    h("h2", { id: "asked-title" }, t("query")),
    h("div", { class: shown.length > 1 ? "query-pictures" : "" }, shown.map((address) => h("img", { class: "query", src: address, alt: t("queryPicture") }))),
    job.query_track && askedTrack(job.query_track),
    isFinal(job) && !shown.length && !job.query_track && h("p", { class: "hint" }, t("pictureNotKept")),
    asked?.not.size > 0 && notMeant([...asked.not.values()]),
    facts([
      ["asked", time(job.created_ms)],
      ...(job.finished_ms ? [["took", spell(job.finished_ms - job.created_ms)]] : []),
      ...(job.people !== null ? [["peopleInPicture", number(job.people)]] : []),
      ...(job.pack ? [["models", job.pack]] : []),
    ]),
  );
}

function notMeant(hits) {
  const one = (hit) => h("a", { class: "not-meant-one", href: `#/tracks/${hit.track}`, "aria-label": t("notMeant") }, pictures(hit));
  return h("div", { class: "not-meant-all" }, h("h3", { class: "muted small-head" }, t("notMeant")), h("div", { class: "not-meant-row" }, hits.map(one)));
}

function askedTrack(id) {
  const link = h("a", { class: "asked-track", href: `#/tracks/${id}`, "aria-label": t("query") });
  // It may have been forgotten since; then the hits stand alone.
  api.track(id).then((track) => link.append(pictures(track)), () => link.remove());
  return link;
}

const spell = (ms) => (ms < 10_000 ? `${number(ms / 1000, 1)} s` : duration(ms));
