// Investigations.

import * as api from "./api.js";
import { box } from "./box.js";
import { formDialog } from "./dialogs.js";
import { button, emptyNote, field, fillWith, h, icon, pageHead } from "./dom.js";
import { fromLocal, number, t, time } from "./i18n.js";

const PAGE = 100;

export function riskTasksView() {
  const stopped = new AbortController();
  const place = h("div", {});
  fillWith(place, async () => listed(await api.riskTasks({ limit: PAGE }, stopped.signal)));
  const create = button(t("newTask"), { class: "primary", onclick: createDialog }, "plus");
  return {
    title: t("risk"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page narrow" }, pageHead(t("risk"), create), place),
  };
}

function listed({ tasks }) {
  if (!tasks.length) return emptyNote("folder", t("noTasks"), t("noTasksText"));
  return h("ul", { class: "job-list" }, tasks.map(row));
}

const row = (task) =>
  h(
    "li",
    {},
    h(
      "a",
      { class: "job card", href: `#/risk-tasks/${task.id}` },
      icon("folder"),
      h("strong", {}, task.id),
      h("span", { class: "chip", data: { state: task.state === "open" ? "succeeded" : "" } }, t(task.state)),
      h("span", { class: "muted" }, t("tracksIn", { count: number(task.track_count) })),
      h("span", { class: "muted end" }, time(task.created_ms)),
    ),
  );

function createDialog() {
  const cameras = box.status?.cameras ?? [];
  const ticks = cameras.map(({ id }) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: `camera:${id}`, value: id }), id));
  formDialog({
    title: t("newTask"),
    submit: t("create"),
    fields: [
      field("id", t("taskName"), { required: true, pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", hint: t("taskNameHint") }),
      h("div", { class: "two" }, field("start", t("from"), { type: "datetime-local" }), field("end", t("until"), { type: "datetime-local" })),
      h("fieldset", { class: "ticks-of" }, h("legend", {}, t("cameras")), ticks),
    ],
    done: async (given) => {
      const start = fromLocal(given.start);
      const end = fromLocal(given.end);
      const chosen = Object.keys(given).filter((name) => name.startsWith("camera:")).map((name) => given[name]);
      const criteria = {
        ...(start === null ? {} : { start_ms: start }),
        ...(end === null ? {} : { end_ms: end }),
        ...(chosen.length ? { cameras: chosen } : {}),
      };
      const task = await api.createRiskTask({ id: given.id, criteria });
      location.hash = `#/risk-tasks/${task.id}`;
    },
  });
}
