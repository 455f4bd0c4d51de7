// A visit over time: a row per camera, a bar per sighting.

import { h } from "./dom.js";
import { duration, t, time } from "./i18n.js";

const TICKS = 4;

export function timeline(tracks, current) {
  const start = Math.min(...tracks.map((track) => track.start_ms));
  const end = Math.max(...tracks.map((track) => track.end_ms));
  const span = Math.max(1, end - start);
  const share = (ms) => ((ms - start) / span) * 100;
  const cameras = [...new Set(tracks.map((track) => track.camera))];
  const bar = (track) => {
    const made = h("a", {
      class: "stretch",
      href: `#/tracks/${track.id}`,
      "aria-current": track.id === current ? "true" : null,
      "aria-label": `${t("openTrack", { camera: track.camera, time: time(track.start_ms) })}, ${duration(track.end_ms - track.start_ms)}`,
      title: `${time(track.start_ms)} – ${time(track.end_ms)}`,
    });
    made.style.left = `${share(track.start_ms)}%`;
    made.style.width = `${share(track.end_ms) - share(track.start_ms)}%`;
    return made;
  };
  const row = (camera) => [
    h("span", { class: "lane-name" }, camera),
    h("div", { class: "lane" }, tracks.filter((track) => track.camera === camera).map(bar)),
  ];
  const ticks = Array.from({ length: TICKS + 1 }, (_, number) => start + (span * number) / TICKS);
  return h(
    "div",
    { class: "timeline card", role: "group", "aria-label": t("visit") },
    cameras.flatMap(row),
    h("span", {}),
    h("div", { class: "ticks", "aria-hidden": "true" }, ticks.map((ms) => h("span", {}, time(ms)))),
  );
}
