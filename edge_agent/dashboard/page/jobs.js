// A search: how far it is, then who was found.

import * as api from "./api.js";
import { actions, pictures, scoreBar } from "./cards.js";
import { backLink, button, emptyNote, fillWith, h, icon, pageHead, reconcile, say, toast } from "./dom.js";
import { duration, number, percent, t, time } from "./i18n.js";
import { box } from "./box.js";
import { play } from "./player.js";
import { askedWith } from "./question.js";
import { facts } from "./facts.js";

const PAGE = 50;
const FINAL = ["succeeded", "no_data", "failed", "cancelled"];
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2000;

export function jobView(id) {
  const stopped = new AbortController();
  const parts = {
    side: h("aside", { class: "rail" }),
    head: h("div", { class: "people-head" }),
    people: h("div", { class: "chips" }),
    person: null,
    hits: h("ol", { class: "hits" }),
    foot: h("div", { class: "foot" }),
  };
  // Thresholds come with what the box says about itself, which may be later than the hits.
  box.addEventListener("changed", () => parts.redraw?.(), { signal: stopped.signal });
  follow(id, parts, stopped.signal);
  return {
    title: t("searches"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "columns" },
      parts.side,
      h(
        "section",
        { class: "people", "aria-live": "off" },
        backLink("#/jobs", t("backToSearches")),
        parts.head,
        parts.people,
        parts.hits,
        parts.foot,
      ),
    ),
  };
}

async function follow(id, parts, signal) {
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const job = await api.job(id, { limit: PAGE }, signal);
      showJob(job, parts);
      if (FINAL.includes(job.state)) {
        say(outcome(job));
        return;
      }
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (problem.status === 404 || problem.status === 401) {
        parts.head.replaceChildren(h("p", { class: "empty" }, t("notFound")));
        return;
      }
    }
    await new Promise((wake) => setTimeout(wake, wait));
    wait = Math.min(wait * 1.5, LONGEST_WAIT_MS);
  }
}

function outcome(job) {
  if (job.state !== "succeeded") return t(job.state);
  return job.hit_count === 1 ? t("oneHit") : t("hits", { count: number(job.hit_count) });
}

function showJob(job, parts) {
  const done = FINAL.includes(job.state);
  if (parts.side.dataset.state !== job.state) parts.side.replaceChildren(asked(job, done));
  parts.side.dataset.state = job.state;
  parts.head.replaceChildren(
    h("h1", {}, done ? outcome(job) : t(job.state)),
    ...(done ? [] : [button(t("cancel"), { onclick: () => cancel(job.id) }, "stop")]),
  );
  if (!done) {
    const progress = h("progress", { max: 1, "aria-label": t("searching") });
    if (job.progress > 0) progress.value = job.progress;
    parts.foot.replaceChildren(progress);
    return;
  }
  drawHits(parts, job, job.hits);
  parts.foot.replaceChildren(...ending(job, parts));
}

// Where the picture showed several people, one of them may be chosen.
function drawPeople(parts, job, hits) {
  if (!(job.people > 1)) return;
  const chip = (person, words) =>
    h(
      "button",
      {
        type: "button",
        class: "chip choose",
        "aria-pressed": String(parts.person === person),
        onclick: () => ((parts.person = person), drawHits(parts, job, hits)),
      },
      words,
    );
  const numbers = [...Array(job.people).keys()];
  parts.people.replaceChildren(
    h("span", { class: "muted" }, t("whoInPicture")),
    chip(null, t("everyone")),
    ...numbers.map((person) => chip(person, t("personN", { number: person + 1 }))),
  );
}

function drawHits(parts, job, all) {
  drawPeople(parts, job, all);
  const hits = parts.person === null ? all : all.filter((hit) => hit.person === parts.person);
  const thresholds = () => [box.threshold("face"), box.threshold("body")];
  parts.redraw = () =>
    reconcile(parts.hits, hits, {
      key: (hit) => hit.rank,
      stamp: (hit) => [hit.track, ...thresholds()].join(),
      make: (hit) => hitRow(hit, job),
    });
  parts.redraw();
}

function ending(job, parts) {
  if (job.state === "failed") return [emptyNote("warn", t("failed"), job.error?.message ?? "")];
  if (job.state === "cancelled") return [emptyNote("stop", t("cancelled"), "")];
  if (!job.hits.length) return [emptyNote("person", t("noHitsTitle"), t("noHitsText"))];
  const more = job.next !== null && button(t("more"), { class: "more", onclick: () => following(job, parts) });
  return [more, h("p", { class: "hint" }, t("suggestion"))].filter(Boolean);
}

async function following(job, parts) {
  try {
    const page = await api.job(job.id, { limit: PAGE, after: job.next });
    const all = { ...page, hits: [...job.hits, ...page.hits] };
    drawHits(parts, all, all.hits);
    parts.foot.replaceChildren(...ending(all, parts));
  } catch (problem) {
    toast(problem.message);
  }
}

async function cancel(id) {
  try {
    await api.cancelJob(id);
  } catch (problem) {
    toast(problem.message);
  }
}

function asked(job, done) {
  const picture = askedWith.get(job.id) ?? job.query_url;
  return h(
    "section",
    { class: "card asked", "aria-labelledby": "asked-title" },
    h("h2", { id: "asked-title" }, t("query")),
    picture && h("img", { class: "query", src: picture, alt: t("queryPicture") }),
    job.query_track && askedTrack(job.query_track),
    done && !picture && !job.query_track && h("p", { class: "hint" }, t("pictureNotKept")),
    facts([
      ["asked", time(job.created_ms)],
      ...(job.finished_ms ? [["took", spell(job.finished_ms - job.created_ms)]] : []),
      ...(job.people !== null ? [["peopleInPicture", number(job.people)]] : []),
      ...(job.pack ? [["models", job.pack]] : []),
    ]),
    box.status?.pack?.stopgap && h("p", { class: "notice" }, icon("warn"), t("stopgap")),
  );
}

function askedTrack(id) {
  const link = h("a", { class: "asked-track", href: `#/tracks/${id}`, "aria-label": t("query") });
  // It may have been forgotten since; then the hits stand alone.
  api.track(id).then((track) => link.append(pictures(track)), () => link.remove());
  return link;
}

const spell = (ms) => (ms < 10_000 ? `${number(ms / 1000, 1)} s` : duration(ms));

function hitRow(hit, job) {
  const track = { ...hit, id: hit.track, state: "ended" };
  return h(
    "li",
    { class: "hit card", data: { rank: hit.rank } },
    h("span", { class: "rank", "aria-label": t("rank", { rank: hit.rank }) }, String(hit.rank)),
    h(
      "button",
      { type: "button", class: "hit-picture", disabled: !hit.fragment, "aria-label": t(hit.fragment ? "playClip" : "noClip"), onclick: () => play(track) },
      pictures(track),
      hit.fragment && h("span", { class: "hit-play" }, icon("play")),
    ),
    h(
      "div",
      { class: "hit-facts" },
      h(
        "div",
        { class: "hit-head" },
        h("strong", {}, hit.probability === null || hit.probability === undefined ? number(hit.score, 2) : percent(hit.probability)),
        h("span", { class: "muted" }, t(hit.probability === null || hit.probability === undefined ? "score" : "likely")),
        h("span", { class: "chip", data: { state: hit.matched.includes("face") ? "succeeded" : "" } }, t(hit.matched.includes("face") ? "strong" : "possible")),
      ),
      h(
        "dl",
        { class: "scores" },
        scoreBar("face", hit.face_score, box.threshold("face"), hit.matched.includes("face")),
        scoreBar("body", hit.body_score, box.threshold("body"), hit.matched.includes("body")),
      ),
      h("a", { class: "hit-where", href: `#/tracks/${hit.track}` }, `${time((hit.body ?? hit.face)?.at_ms ?? hit.start_ms)} · ${hit.camera}`),
      job.people > 1 && h("span", { class: "chip" }, t("personNumber", { number: hit.person + 1, total: job.people })),
    ),
    actions(track),
  );
}

export function jobsView() {
  const stopped = new AbortController();
  const place = h("div", {});
  fillWith(place, async () => jobPages(await api.jobs({ limit: PAGE }, stopped.signal)));
  const ask = h("a", { class: "button primary", href: "#/search" }, icon("search"), t("newSearch"));
  return {
    title: t("searches"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page narrow" }, pageHead(t("searches"), ask), place),
  };
}

function jobPages({ jobs, next }) {
  if (!jobs.length) return emptyNote("search", t("noSearches"), t("noSearchesText"));
  const list = h("ul", { class: "job-list" }, jobs.map(jobRow));
  const more = button(t("more"), {
    class: "more",
    hidden: !next,
    onclick: async () => {
      const page = await api.jobs({ limit: PAGE, after: next });
      list.append(...page.jobs.map(jobRow));
      next = page.next;
      more.hidden = !next;
    },
  });
  return [list, more];
}

function jobRow(job) {
  return h(
    "li",
    {},
    h(
      "a",
      { class: "job card", href: `#/jobs/${job.id}` },
      icon("search"),
      h("strong", {}, time(job.created_ms)),
      h("span", { class: "chip", data: { state: job.state } }, FINAL.includes(job.state) ? outcome(job) : t(job.state)),
      job.error && h("span", { class: "muted" }, job.error.message),
    ),
  );
}
