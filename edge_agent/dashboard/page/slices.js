// Aligned pieces as a picture: the input above, the stored file below, a band from each stretch to its like.

import { h, svg } from "./dom.js";
import { number, t } from "./i18n.js";

const WIDTH = 1000;
const TOP = 24;
const BOTTOM = 116;
const BAR = 18;

export const clock = (seconds) => {
  const whole = Math.floor(Math.round(seconds * 10) / 10);
  const tenth = Math.round(seconds * 10) % 10;
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${tenth}`;
};

export function alignment(slices, seconds, name) {
  const end = (one, side) => one[`${side}_start`] + one[`${side}_duration`];
  const inputEnd = Math.max(seconds ?? 0, ...slices.map((one) => end(one, "input")), 0.1);
  const fileEnd = Math.max(...slices.map((one) => end(one, "library")), 0.1);
  // Both bars on one scale, so that a copy at another speed shows as a band that narrows.
  const scale = WIDTH / Math.max(inputEnd, fileEnd);
  const words = slices.map((one, place) =>
    t("sliceSpoken", {
      number: number(place + 1),
      from: clock(one.input_start),
      until: clock(end(one, "input")),
      otherFrom: clock(one.library_start),
      otherUntil: clock(end(one, "library")),
    }),
  );
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${BOTTOM + BAR + 2}`, class: "slices", role: "img", "aria-label": words.join(" "), preserveAspectRatio: "none" },
    svg("rect", { class: "bar", x: 0, y: TOP - BAR, width: inputEnd * scale, height: BAR, rx: 4 }),
    svg("rect", { class: "bar", x: 0, y: BOTTOM, width: fileEnd * scale, height: BAR, rx: 4 }),
    ...slices.flatMap((one) => band(one, scale)),
  );
  return h("figure", { class: "slices-figure" }, h("figcaption", {}, lane(t("theInput"), inputEnd)), picture, h("figcaption", {}, lane(name, fileEnd)));
}

const lane = (name, seconds) => [h("strong", {}, name), h("span", { class: "muted" }, clock(seconds))];

function band(one, scale) {
  const [a, b] = [one.input_start * scale, (one.input_start + one.input_duration) * scale];
  const [c, d] = [one.library_start * scale, (one.library_start + one.library_duration) * scale];
  const opacity = (0.25 + 0.5 * Math.max(0, Math.min(1, one.similarity))).toFixed(2);
  return [
    svg("polygon", { class: "band", points: `${a},${TOP} ${b},${TOP} ${d},${BOTTOM} ${c},${BOTTOM}`, "fill-opacity": opacity }),
    svg("rect", { class: "piece", x: a, y: TOP - BAR, width: Math.max(3, b - a), height: BAR, rx: 4 }),
    svg("rect", { class: "piece", x: c, y: BOTTOM, width: Math.max(3, d - c), height: BAR, rx: 4 }),
  ];
}
