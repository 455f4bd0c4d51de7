// What can be done with a person: into an investigation, or off the box.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { field, h, toast } from "./dom.js";
import { number, t } from "./i18n.js";

const NEW = "";

export async function taskDialog(tracks) {
  let open = [];
  try {
    ({ tasks: open } = await api.riskTasks({ state: "open", limit: 100 }));
  } catch (problem) {
    toast(problem.message);
    return;
  }
  const name = field("name", t("taskName"), { pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", hint: t("taskNameHint") });
  const choice = field("task", t("addTo"), {
    options: [...open.map(({ id }) => [id, id]), [NEW, t("newTask")]],
    onchange: (event) => (name.hidden = event.target.value !== NEW),
  });
  name.hidden = open.length > 0;
  formDialog({
    title: t("addToTask"),
    fields: [choice, name],
    submit: t("addToTask"),
    done: async ({ task, name: typed }) => {
      const made = task ? await api.changeRiskTask(task, { add: tracks }) : await api.createRiskTask({ ...(typed ? { id: typed } : {}), tracks });
      toast(t("addedToTask", { task: made.id }), "good");
    },
  });
}

export function eraseDialog(track, visit) {
  const all = visit?.shown.map(({ id }) => id) ?? [track.id];
  const whole = h(
    "label",
    { class: "tick" },
    h("input", { type: "checkbox", name: "whole", value: "yes" }),
    t("eraseVisit", { count: number(all.length) }),
  );
  formDialog({
    title: t("eraseTitle"),
    text: t("eraseText"),
    fields: all.length > 1 ? [whole] : [],
    submit: t("erase"),
    danger: true,
    done: async ({ whole: every }) => {
      const gone = await api.erase(every ? all : [track.id]);
      toast(t("erased", { tracks: number(gone.tracks), pictures: number(gone.pictures), clips: number(gone.clips) }), "good");
      location.hash = "#/people";
    },
  });
}
