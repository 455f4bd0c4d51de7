// Ask with a picture: drop, paste or choose it, draw a frame around one person, search.

import { box } from "./box.js";
import { button, h, icon, pageHead, toast } from "./dom.js";
import { t } from "./i18n.js";
import { desk, fitting } from "./pictures.js";
import { ask, filter, questionPanel } from "./question.js";
import { regionPicker } from "./region.js";
import { textPanel } from "./text-search.js";

export function searchView() {
  const place = h("div", { class: "search-stage card" });
  const panel = questionPanel(take);
  let address = null;
  empty();
  desk.take = take;

  function empty() {
    place.replaceChildren(h("div", { class: "empty" }, icon("search"), h("h2", {}, t("findTitle")), h("p", {}, t("drawRegion"))));
  }

  async function take(file) {
    let picture;
    try {
      picture = await fitting(file);
    } catch (problem) {
      toast(problem.message);
      return;
    }
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(picture);
    const note = h("p", { class: "hint", role: "status" }, t("drawRegion"));
    const whole = button(t("clearRegion"), { hidden: true, onclick: () => picker.clear() });
    const picker = regionPicker(address, (corners) => {
      whole.hidden = corners === null;
      note.textContent = t(corners ? "regionSet" : "drawRegion");
    });
    const frame = button(t("regionSet"), { class: "visually-hidden", onclick: () => picker.middle() });
    const go = button(t("searchNow"), { class: "primary", onclick: () => ask({ picture, region: picker.pixels() }) }, "search");
    place.replaceChildren(picker.element, note, h("div", { class: "detail-actions" }, go, whole, frame));
    go.focus();
  }

  return {
    title: t("searchPage"),
    leave: () => {
      desk.take = null;
      if (address) URL.revokeObjectURL(address);
    },
    element: h(
      "div",
      { class: "page" },
      pageHead(t("searchPage")),
      h("div", { class: "columns inner" }, h("aside", { class: "rail" }, panel, textPanel(place), cameraChoice()), place),
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
