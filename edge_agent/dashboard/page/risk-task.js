// One investigation: who is in it, and its evidence to take away.

import * as api from "./api.js";
import { trackCard } from "./cards.js";
import { formDialog } from "./dialogs.js";
import { backLink, button, emptyNote, fillWith, h, icon, pageHead, toast } from "./dom.js";
import { facts } from "./facts.js";
import { bytes, dateTime, number, t } from "./i18n.js";

const PAGE = 60;
const WAIT_MS = 1500;
const END = 2 ** 53;

export function riskTaskView(id) {
  const stopped = new AbortController();
  const place = h("div", { class: "person-page" });
  const load = async () => body(await api.riskTask(id, { limit: PAGE }, stopped.signal), () => fillWith(place, load));
  fillWith(place, load);
  return {
    title: id,
    leave: () => stopped.abort(),
    element: h("div", { class: "page" }, backLink("#/risk-tasks", t("backToTasks")), place),
  };
}

function body(task, again) {
  const change = async (wanted) => {
    try {
      await api.changeRiskTask(task.id, wanted);
      again();
    } catch (problem) {
      toast(problem.message);
    }
  };
  const open = task.state === "open";
  return [
    pageHead(
      task.id,
      h("span", { class: "chip", data: { state: open ? "succeeded" : "" } }, t(task.state)),
      button(t(open ? "closeTask" : "reopen"), { onclick: () => change({ state: open ? "closed" : "open" }) }),
      button(t("deleteTask"), { class: "danger-quiet", onclick: () => deleteDialog(task) }, "trash"),
    ),
    h(
      "div",
      { class: "two-cards" },
      h("section", { class: "card padded" }, h("h2", {}, t("criteria")), facts(criteria(task))),
      h("section", { class: "card padded" }, h("h2", {}, t("evidence")), evidence(task)),
    ),
    people(task, change),
  ];
}

function criteria({ created_ms: created, criteria: given, track_count: count }) {
  const rows = [["createdAt", dateTime(created)], ["sightings", number(count)]];
  if (!given) return [...rows, ["criteria", t("pointedAt")]];
  if (given.start_ms > 0) rows.push(["from", dateTime(given.start_ms)]);
  if (given.end_ms < END) rows.push(["until", dateTime(given.end_ms)]);
  rows.push(["cameras", given.cameras.join(", ") || t("allCameras")]);
  if (given.actions.length) rows.push(["didWhat", given.actions.map(({ type }) => t(type)).join(", ")]);
  return rows;
}

function people(task, change) {
  if (!task.tracks.length) return emptyNote("person", t("taskEmpty"), t("taskEmptyText"));
  const wall = h("div", { class: "wall" });
  const card = (track) =>
    trackCard(track, button(t("removeFromTask"), { class: "small corner", iconOnly: true, onclick: () => change({ remove: [track.id] }) }, "close"));
  wall.append(...task.tracks.map(card));
  let { next } = task;
  const more = button(t("more"), {
    class: "more",
    hidden: !next,
    onclick: async () => {
      const page = await api.riskTask(task.id, { limit: PAGE, after: next });
      wall.append(...page.tracks.map(card));
      next = page.next;
      more.hidden = !next;
    },
  });
  return h("div", { class: "people" }, wall, more);
}

function evidence(task) {
  const place = h("div", { class: "evidence" });
  const begin = button(t("exportZip"), { class: "primary", disabled: !task.track_count, onclick: () => prepare(task.id, place) }, "download");
  place.append(h("p", { class: "muted" }, t("exportNote")), begin);
  return place;
}

async function prepare(id, place) {
  try {
    for (;;) {
      const told = await api.prepareExport(id);
      if (!place.isConnected) return;
      const missing = told.missing > 0 && h("p", { class: "hint" }, t("exportMissing", { count: number(told.missing) }));
      if (told.url) {
        const size = bytes(told.bytes);
        place.replaceChildren(
          h("p", {}, t("exportReady", { pictures: number(told.pictures), clips: number(told.clips), size })),
          ...[missing].filter(Boolean),
          h("a", { class: "button primary", href: told.url, download: `${id}.zip` }, icon("download"), t("saveZip")),
        );
        return;
      }
      place.replaceChildren(h("p", { role: "status" }, t("exportWaiting", { count: number(told.waiting) })), h("progress", { "aria-label": t("exportZip") }));
      await new Promise((wake) => setTimeout(wake, WAIT_MS));
    }
  } catch (problem) {
    place.replaceChildren(emptyNote("warn", t("problem"), problem.message, button(t("retry"), { onclick: () => prepare(id, place) })));
  }
}

function deleteDialog(task) {
  formDialog({
    title: t("deleteTaskTitle"),
    text: t("deleteTaskText"),
    fields: [],
    submit: t("deleteTask"),
    danger: true,
    done: async () => {
      await api.deleteRiskTask(task.id);
      location.hash = "#/risk-tasks";
    },
  });
}
