// Whom the wall shows: by time, action, place, order, and what people wear.

import { box } from "./box.js";
import { button, field, h } from "./dom.js";
import { fromLocal, spoken, t } from "./i18n.js";

const ACTIONS = ["enter", "leave", "cross", "stay", "till"];
const EMPTY = { from: "", until: "", action: "", place: "", order: "", wears: "" };

let chosen = { ...EMPTY };

export const filters = {
  active: () => Object.values(chosen).some(Boolean),
  clear: () => (chosen = { ...EMPTY }),
  query: () => ({
    start_ms: fromLocal(chosen.from),
    end_ms: fromLocal(chosen.until),
    action: chosen.action,
    place: chosen.place.trim(),
    order: chosen.order.trim(),
    attributes: chosen.wears,
  }),
};

export function filterPanel(changed) {
  const set = (event) => {
    chosen = { ...chosen, [event.target.name]: event.target.value };
    changed();
  };
  const worn = (box.status?.pack?.attributes ?? []).flatMap(({ key, values }) =>
    Object.entries(values).map(([value, name]) => [`${key}:${value}`, spoken(name), chosen.wears === `${key}:${value}`]),
  );
  const text = (name, words, type = "text") => field(name, t(words), { type, value: chosen[name], onchange: set });
  const panel = h(
    "details",
    { class: "card filters", ...(filters.active() ? { open: true } : {}) },
    h("summary", {}, h("h2", {}, t("filters"))),
    h(
      "div",
      { class: "filter-fields" },
      text("from", "from", "datetime-local"),
      text("until", "until", "datetime-local"),
      field("action", t("didWhat"), { onchange: set, options: [["", t("anyAction")], ...ACTIONS.map((one) => [one, t(one), chosen.action === one])] }),
      text("place", "place"),
      text("order", "orderNumber"),
      worn.length > 0 && field("wears", t("wears"), { onchange: set, options: [["", t("anything")], ...worn] }),
      button(t("clearFilters"), {
        class: "quiet",
        onclick: () => {
          filters.clear();
          for (const input of panel.querySelectorAll("input, select")) input.value = "";
          changed();
        },
      }),
    ),
  );
  return panel;
}
