// A person as a card: body picture, face picture, when and where.

import { session } from "./api.js";
import { button, h, icon } from "./dom.js";
import { duration, number, t, time } from "./i18n.js";
import { play } from "./player.js";
import { ask } from "./asking.js";

// Shots of a track; a card shows the body with the face as an inset, or whichever there is.
export function pictures(track, { lazy = true } = {}) {
  const { face, body, camera } = track;
  const picture = (shot, words, name) =>
    h("img", {
      class: name,
      src: shot.url,
      alt: t(words, { camera, time: time(shot.at_ms) }),
      loading: lazy ? "lazy" : "eager",
      decoding: "async",
      draggable: "false",
      onerror: (event) => event.target.classList.add("gone"),
    });
  const main = body ?? face;
  return h(
    "div",
    { class: "pictures" },
    main ? picture(main, body ? "bodyOf" : "faceOf", body ? "body" : "face-only") : h("span", { class: "nobody" }, icon("person")),
    body && face && picture(face, "faceOf", "face"),
  );
}

export function trackCard(track, more = null) {
  return h(
    "article",
    { class: "person card" },
    h(
      "a",
      {
        class: "person-link",
        href: `#/tracks/${track.id}`,
      },
      pictures(track),
      track.state === "open" && h("span", { class: "badge live" }, h("span", { class: "dot" }), t("inView")),
      h(
        "span",
        { class: "caption" },
        h("strong", {}, time(track.start_ms)),
        h("span", {}, `${track.camera} · ${duration(track.end_ms - track.start_ms)}`),
      ),
    ),
    actions(track),
    more,
  );
}

export function actions(track) {
  return h(
    "div",
    { class: "actions" },
    session.may("investigator") && button(t("similar"), { class: "small", iconOnly: true, onclick: () => ask({ track: track.id }) }, "similar"),
    button(
      t(track.fragment ? "playClip" : "noClip"),
      { class: "small", iconOnly: true, disabled: !track.fragment, onclick: () => play(track) },
      "play",
    ),
  );
}

// Changes whenever the card has to be drawn anew. Links are left out: they are renewed by the hour.
export const stampOf = (track) =>
  [track.state, track.end_ms, track.face?.picture, track.body?.picture, track.fragment].join();

export function scoreBar(part, value, threshold, matched) {
  const shown = value === null || value === undefined ? t("notCompared") : number(value, 2);
  const bar = h("span", { class: "bar" }, h("span", { class: "fill" }));
  bar.firstElementChild.style.width = `${Math.max(0, Math.min(1, value ?? 0)) * 100}%`;
  if (threshold !== null) {
    const mark = h("span", { class: "mark" });
    mark.style.left = `${threshold * 100}%`;
    bar.append(mark);
  }
  return h(
    "div",
    { class: `score ${matched ? "matched" : ""}` },
    h("dt", {}, t(part)),
    h("dd", {}, bar, h("span", { class: "value" }, shown), matched && h("span", { class: "visually-hidden" }, t("matched"))),
  );
}
