// A search: how far it is, then who was found; and again, without those who are not meant.

import * as api from "./api.js";
import { askAgain, canAskAgain } from "./asking.js";
import { askedPanel } from "./asked-panel.js";
import { box } from "./box.js";
import { backLink, button, emptyNote, h, reconcile, say, toast } from "./dom.js";
import { hitRow } from "./hits.js";
import { number, t } from "./i18n.js";
import { isFinal, outcome } from "./outcome.js";

const PAGE = 50;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 2000;

export function jobView(id) {
  const stopped = new AbortController();
  const parts = {
    side: h("aside", { class: "rail" }),
    head: h("div", { class: "people-head" }),
    people: h("div", { class: "chips" }),
    person: null,
    again: h("div", { class: "again", role: "status", hidden: true }),
    not: new Map(),
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
        parts.again,
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
      if (isFinal(job)) {
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

function showJob(job, parts) {
  const done = isFinal(job);
  if (parts.side.dataset.state !== job.state) parts.side.replaceChildren(askedPanel(job));
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
        onclick: () => {
          parts.person = person;
          drawHits(parts, job, hits);
          parts.people.querySelector("[aria-pressed=true]").focus();
        },
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
      make: (hit) => hitRow(hit, job, canAskAgain(job) ? marks(job, parts) : null),
    });
  parts.redraw();
}

// Those who are not meant; while there are some, the search can be asked again without them.
function marks(job, parts) {
  const { not, again } = parts;
  const go = button(t("searchWithout"), { class: "primary", onclick: () => askAgain(job, not) }, "search");
  const show = () => {
    again.hidden = not.size === 0;
    again.replaceChildren(...(not.size ? [h("span", {}, t("markedNot", { count: number(not.size) })), go] : []));
  };
  return {
    has: (track) => not.has(track),
    toggle(hit) {
      if (!not.delete(hit.track)) not.set(hit.track, hit);
      show();
      return not.has(hit.track);
    },
  };
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

