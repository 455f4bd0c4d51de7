// One person at one camera, and the visit it seems to belong to.

import * as api from "./api.js";
import { pictures, trackCard } from "./cards.js";
import { backLink, button, fillWith, h, icon, toast } from "./dom.js";
import { eraseDialog, taskDialog } from "./person-acts.js";
import { facts, worn } from "./facts.js";
import { dateTime, duration, number, t, time } from "./i18n.js";
import { play } from "./player.js";
import { ask } from "./asking.js";
import { similarSection } from "./similar.js";
import { timeline } from "./timeline.js";

export function personView(id) {
  const stopped = new AbortController();
  const place = h("div", { class: "person-page" });
  const load = async () => {
    const track = await api.track(id, stopped.signal);
    return body(track, await visitOf(track, stopped.signal), () => fillWith(place, load));
  };
  fillWith(place, load);
  return {
    title: t("people"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page" }, backLink("#/people", t("backToPeople")), place),
  };
}

async function visitOf(track, signal) {
  if (!track.session_id) return null;
  try {
    const [visit, { tracks }] = await Promise.all([
      api.visit(track.session_id, signal),
      api.tracks({ session: track.session_id, include_staff: true, limit: 200 }, signal),
    ]);
    return { ...visit, shown: tracks.toSorted((a, b) => a.start_ms - b.start_ms) };
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    return null; // it was changed meanwhile; the person is there all the same
  }
}

function body(track, visit, again) {
  return [
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
          ["firstSeen", dateTime(track.start_ms)],
          ["lastSeen", dateTime(track.end_ms)],
          ["duration", duration(track.end_ms - track.start_ms)],
          ...(track.order_ids.length ? [["orderNumber", track.order_ids.join(", ")]] : []),
        ]),
        worn(track.attributes ?? []),
        acts(track, visit),
      ),
    ),
    visitSection(track, visit, again),
    happened(track),
    api.session.may("investigator") && similarSection(track),
  ];
}

function acts(track, visit) {
  const may = (role, ...made) => api.session.may(role) && made;
  return h(
    "div",
    { class: "detail-actions" },
    button(t(track.fragment ? "playClip" : "noClip"), { class: "primary", disabled: !track.fragment, onclick: () => play(track) }, "play"),
    may(
      "investigator",
      button(t("similar"), { onclick: () => ask({ track: track.id }) }, "similar"),
      track.fragment && h("a", { class: "button", href: `#/copies?fragment=${track.fragment}` }, icon("wave"), h("span", {}, t("findCopies"))),
      button(t("addToTask"), { onclick: () => taskDialog([track.id]) }, "folder"),
    ),
    may("administrator", button(t("erase"), { class: "danger-quiet", onclick: () => eraseDialog(track, visit) }, "trash")),
  );
}

function visitSection(track, visit, again) {
  const several = visit && visit.shown.length > 1;
  const told = several
    ? t("visitText", { count: number(visit.shown.length), value: number(visit.confidence, 2) })
    : t("aloneVisit");
  const apart = async () => {
    try {
      await api.split(visit.id, [track.id]);
      toast(t("notSameDone"), "good");
      again();
    } catch (problem) {
      toast(problem.message);
    }
  };
  return h(
    "section",
    { class: "block", "aria-labelledby": "visit-title" },
    h(
      "div",
      { class: "block-head" },
      h("h2", { id: "visit-title" }, t("visit")),
      several && api.session.may("investigator") && button(t("notSame"), { onclick: apart }, "apart"),
    ),
    h("p", { class: "muted" }, told),
    several && timeline(visit.shown, track.id),
    several && h("div", { class: "wall small-wall" }, visit.shown.filter(({ id }) => id !== track.id).map((one) => trackCard(one))),
  );
}

function happened(track) {
  if (!track.actions.length) return null;
  return h(
    "section",
    { class: "block", "aria-labelledby": "did-title" },
    h("h2", { id: "did-title" }, t("didHere")),
    h(
      "ol",
      { class: "deeds card" },
      track.actions.map((one) => h("li", {}, h("time", { class: "muted" }, time(one.at_ms)), h("span", {}, t(one.type)), h("strong", {}, one.zone ?? one.line ?? ""))),
    ),
  );
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
