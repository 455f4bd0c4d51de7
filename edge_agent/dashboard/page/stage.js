// The pictures a search will be asked with: one with a frame around somebody, or several of one person.

import { ask } from "./asking.js";
import { button, emptyNote, h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { fitting } from "./pictures.js";
import { regionPicker } from "./region.js";

const MOST = 8;

export function searchStage() {
  const element = h("div", { class: "search-stage card" });
  let shown = [];
  draw();

  const take = (files) => (clear(), add(files));

  async function add(files) {
    const room = MOST - shown.length;
    if (files.length > room) toast(t("tooManyPictures", { count: MOST }));
    try {
      const pictures = await Promise.all(files.slice(0, room).map((each) => fitting(each)));
      shown.push(...pictures.map((picture) => ({ picture, address: URL.createObjectURL(picture) })));
    } catch (problem) {
      toast(problem.message);
    }
    draw();
    element.querySelector(".primary")?.focus();
  }

  function clear() {
    for (const { address } of shown) URL.revokeObjectURL(address);
    shown = [];
  }

  function remove(one) {
    URL.revokeObjectURL(one.address);
    shown = shown.filter((each) => each !== one);
    draw();
    element.querySelector(".remove, .primary")?.focus();
  }

  function draw() {
    if (!shown.length) element.replaceChildren(emptyNote("search", t("findTitle"), t("stageHint")));
    else if (shown.length === 1) element.replaceChildren(...single(shown[0]));
    else element.replaceChildren(...several());
  }

  function single({ picture, address }) {
    const note = h("p", { class: "hint", role: "status" }, t("drawRegion"));
    const whole = button(t("clearRegion"), { hidden: true, onclick: () => picker.clear() });
    const picker = regionPicker(address, (corners) => {
      whole.hidden = corners === null;
      note.textContent = t(corners ? "regionSet" : "drawRegion");
    });
    const frame = button(t("regionSet"), { class: "visually-hidden", onclick: () => picker.middle() });
    const go = button(t("searchNow"), { class: "primary", onclick: () => ask({ pictures: [picture], region: picker.pixels() }) }, "search");
    return [picker.element, note, h("div", { class: "detail-actions" }, go, whole, frame, adding("button", "addPicture"))];
  }

  function several() {
    const figure = (one, place) =>
      h(
        "li",
        { class: "query-picture" },
        h("img", { src: one.address, alt: t("queryPictureN", { number: place + 1 }) }),
        button(t("removePictureN", { number: place + 1 }), { class: "small remove", iconOnly: true, onclick: () => remove(one) }, "close"),
      );
    const tile = shown.length < MOST && h("li", { class: "query-picture" }, adding("add-picture", "addPicture"));
    const go = button(t("searchNow"), { class: "primary", onclick: () => ask({ pictures: shown.map(({ picture }) => picture) }) }, "search");
    const none = button(t("startOver"), { onclick: () => (clear(), draw()) });
    return [
      h("ul", { class: "query-pictures wide" }, shown.map(figure), tile),
      h("p", { class: "hint" }, t("severalNote")),
      h("div", { class: "detail-actions" }, go, none),
    ];
  }

  function adding(look, words) {
    const chosen = (event) => add([...event.target.files]);
    const input = h("input", { type: "file", accept: "image/*", multiple: true, id: "more-pictures", class: "visually-hidden", onchange: chosen });
    return h("span", { class: "adds" }, input, h("label", { for: "more-pictures", class: look }, icon("plus"), h("span", {}, t(words))));
  }

  return { element, take, add, leave: clear, adds: (place) => place?.closest?.(".adds, .query-pictures") != null };
}
