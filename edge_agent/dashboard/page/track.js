// One person at one camera.

import * as api from "./api.js";
import { pictures } from "./cards.js";
import { button, h, icon } from "./dom.js";
import { duration, number, spoken, t, time } from "./i18n.js";
import { play } from "./player.js";
import { ask } from "./question.js";

export function trackView(id) {
  const stopped = new AbortController();
  const element = h("div", { class: "single" }, h("p", { class: "muted" }, t("loading")));
  fill(element, id, stopped.signal);
  return { element, title: t("people"), leave: () => stopped.abort() };
}

async function fill(element, id, signal) {
  try {
    element.replaceChildren(...body(await api.track(id, signal)));
  } catch (problem) {
    if (problem.name === "AbortError") return;
    element.replaceChildren(h("p", { class: "empty" }, problem.status === 404 ? t("notFound") : problem.message));
  }
}

function body(track) {
  return [
    h("a", { class: "back", href: "#/" }, icon("back"), t("backToLive")),
    h(
      "div",
      { class: "detail card" },
      h("div", { class: "detail-pictures" }, shotFigure(track.body, "body", track), shotFigure(track.face, "face", track), !track.body && !track.face && pictures(track)),
      h(
        "div",
        { class: "detail-facts" },
        h("h1", {}, t("personAt", { camera: track.camera })),
        track.state === "open" && h("span", { class: "badge live inline" }, h("span", { class: "dot" }), t("inView")),
        facts([
          ["camera", track.camera],
          ["firstSeen", time(track.start_ms)],
          ["lastSeen", time(track.end_ms)],
          ["duration", duration(track.end_ms - track.start_ms)],
        ]),
        worn(track.attributes ?? []),
        h(
          "div",
          { class: "detail-actions" },
          button(t("similar"), { class: "primary", onclick: () => ask({ track: track.id }) }, "similar"),
          button(t(track.fragment ? "playClip" : "noClip"), { disabled: !track.fragment, onclick: () => play(track) }, "play"),
        ),
      ),
    ),
  ];
}

// What the person wears and carries; what is not there is left out.
function worn(attributes) {
  const there = attributes.filter(({ value }) => value !== "no");
  if (!there.length) return null;
  return h(
    "ul",
    { class: "worn", "aria-label": t("worn") },
    there.map(({ name, confidence }) =>
      h("li", { title: t("confidence", { value: number(confidence, 2) }) }, spoken(name)),
    ),
  );
}

export function facts(rows) {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, t(name)), h("dd", {}, value)]));
}

function shotFigure(shot, part, track) {
  if (!shot) return null;
  return h(
    "figure",
    {},
    h("img", { src: shot.url, alt: t(`${part}Of`, { camera: track.camera, time: time(shot.at_ms) }) }),
    h("figcaption", {}, `${t(part)} · ${time(shot.at_ms)} · ${t("quality", { value: number(shot.quality, 2) })}`),
  );
}
