// Every search that was asked, the newest first.

import * as api from "./api.js";
import { button, emptyNote, fillWith, h, icon, pageHead } from "./dom.js";
import { t, time } from "./i18n.js";
import { isFinal, outcome } from "./outcome.js";

const PAGE = 50;

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
      h("span", { class: "chip", data: { state: job.state } }, isFinal(job) ? outcome(job) : t(job.state)),
      job.error && h("span", { class: "muted" }, job.error.message),
    ),
  );
}
