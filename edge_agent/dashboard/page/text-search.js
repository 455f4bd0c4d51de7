// Ask in words: what was understood of them, and who fits.

import * as api from "./api.js";
import { trackCard } from "./cards.js";
import { emptyNote, h, loading } from "./dom.js";
import { number, t } from "./i18n.js";
import { filter } from "./asking.js";

const MOST = 48;

export function textPanel(place) {
  const input = h("input", { type: "text", name: "text", id: "field-text", required: true, maxlength: "500", placeholder: t("wordsExample") });
  const ask = async (event) => {
    event.preventDefault();
    place.replaceChildren(h("div", { class: "wide" }, loading()));
    try {
      place.replaceChildren(...answer(await api.searchByText({ text: input.value, cameras: [...filter.cameras], limit: MOST })));
    } catch (problem) {
      place.replaceChildren(emptyNote("warn", t("problem"), problem.message));
    }
  };
  return h(
    "form",
    { class: "card words-form", onsubmit: ask },
    h("label", { for: "field-text" }, h("h2", {}, t("inWords"))),
    input,
    h("p", { class: "hint" }, t("wordsHint")),
    h("button", { type: "submit", class: "button wide" }, t("searchWords")),
  );
}

function answer({ understood, unknown, answered, hits }) {
  const chips = h(
    "div",
    { class: "chips wide" },
    h("span", { class: "muted" }, t("understood")),
    understood.map((part) => h("span", { class: "chip", data: { state: part.use === "used" ? "succeeded" : "" } }, phrase(part), part.use !== "used" && ` (${t(part.use)})`)),
    unknown.map(({ text }) => h("span", { class: "chip", data: { state: "failed" } }, t("unknownWord", { word: text }))),
  );
  if (!answered) return [chips, emptyNote("search", t("notUnderstood"), t("wordsHint"))];
  if (!hits.length) return [chips, emptyNote("person", t("noHitsTitle"), t("noHitsText"))];
  const wall = h("div", { class: "wall small-wall wide" }, hits.map((hit) => card(hit, understood)));
  return [chips, wall, h("p", { class: "hint" }, t("suggestion"))];
}

const phrase = ({ words, negated }) => `${negated ? "¬ " : ""}${words.map(({ text }) => text).join(" ")}`;

function card(hit, understood) {
  const fits = hit.matched.filter(({ matched }) => matched).map(({ part }) => phrase(understood[part]));
  return trackCard(hit.track, h("span", { class: "score-badge", title: fits.join(" · ") || t("score") }, number(hit.score, 2)));
}
