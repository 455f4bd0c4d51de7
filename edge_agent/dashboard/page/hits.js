// Who was found: how sure it is, what matched, when and where.

import { box } from "./box.js";
import { actions, pictures, scoreBar } from "./cards.js";
import { button, h, icon } from "./dom.js";
import { number, percent, t, time } from "./i18n.js";
import { play } from "./player.js";

export function hitRow(hit, job, marked) {
  const track = { ...hit, id: hit.track, state: "ended" };
  return h(
    "li",
    { class: `hit card ${marked?.has(hit.track) ? "not-meant" : ""}`, data: { rank: hit.rank } },
    h("span", { class: "rank", "aria-label": t("rank", { rank: hit.rank }) }, String(hit.rank)),
    h(
      "button",
      { type: "button", class: "hit-picture", disabled: !hit.fragment, "aria-label": t(hit.fragment ? "playClip" : "noClip"), onclick: () => play(track) },
      pictures(track),
      hit.fragment && h("span", { class: "hit-play" }, icon("play")),
    ),
    h(
      "div",
      { class: "hit-facts" },
      h(
        "div",
        { class: "hit-head" },
        h("strong", {}, hit.probability === null || hit.probability === undefined ? number(hit.score, 2) : percent(hit.probability)),
        h("span", { class: "muted" }, t(hit.probability === null || hit.probability === undefined ? "score" : "likely")),
        h("span", { class: "chip", data: { state: hit.matched.includes("face") ? "succeeded" : "" } }, t(hit.matched.includes("face") ? "strong" : "possible")),
      ),
      h(
        "dl",
        { class: "scores" },
        scoreBar("face", hit.face_score, box.threshold("face"), hit.matched.includes("face")),
        scoreBar("body", hit.body_score, box.threshold("body"), hit.matched.includes("body")),
      ),
      h("a", { class: "hit-where", href: `#/tracks/${hit.track}` }, `${time((hit.body ?? hit.face)?.at_ms ?? hit.start_ms)} · ${hit.camera}`),
      job.people > 1 && h("span", { class: "chip" }, t("personNumber", { number: hit.person + 1, total: job.people })),
    ),
    h("div", { class: "hit-actions" }, actions(track), marked && mark(hit, marked)),
  );
}

// Somebody else: searched for again, neither they nor who resembles them more are found.
function mark(hit, marked) {
  const toggle = ({ currentTarget }) => {
    const pressed = marked.toggle(hit);
    currentTarget.setAttribute("aria-pressed", String(pressed));
    currentTarget.closest(".hit").classList.toggle("not-meant", pressed);
  };
  return button(t("notThisOne"), { class: "small", iconOnly: true, "aria-pressed": String(marked.has(hit.track)), onclick: toggle }, "apart");
}
