// Ask with pictures: drop, paste or choose them, draw a frame around one person, search.

import { filter } from "./asking.js";
import { box } from "./box.js";
import { h, pageHead } from "./dom.js";
import { t } from "./i18n.js";
import { desk } from "./pictures.js";
import { questionPanel } from "./question.js";
import { searchStage } from "./stage.js";
import { textPanel } from "./text-search.js";

export function searchView() {
  const stage = searchStage();
  desk.take = (files, place) => (stage.adds(place) ? stage.add(files) : stage.take(files));
  return {
    title: t("searchPage"),
    leave: () => {
      desk.take = null;
      stage.leave();
    },
    element: h(
      "div",
      { class: "page" },
      pageHead(t("searchPage")),
      h("div", { class: "columns inner" }, h("aside", { class: "rail" }, questionPanel(stage.take), textPanel(stage.element), cameraChoice()), stage.element),
    ),
  };
}

function cameraChoice() {
  const cameras = box.status?.cameras ?? [];
  if (!cameras.length) return null;
  const toggle = (event, id) => {
    const pressed = !filter.cameras.has(id);
    if (pressed) filter.cameras.add(id);
    else filter.cameras.delete(id);
    event.currentTarget.setAttribute("aria-pressed", String(pressed));
  };
  const chip = ({ id }) =>
    h("button", { type: "button", class: "chip choose", "aria-pressed": String(filter.cameras.has(id)), onclick: (event) => toggle(event, id) }, id);
  return h("section", { class: "card" }, h("h2", {}, t("cameras")), h("div", { class: "chips" }, cameras.map(chip)));
}
