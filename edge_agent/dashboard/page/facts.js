// Small lists of what is known.

import { h } from "./dom.js";
import { number, spoken, t } from "./i18n.js";

export function facts(rows) {
  return h("dl", { class: "facts" }, rows.map(([name, value]) => [h("dt", {}, t(name)), h("dd", {}, value)]));
}

// What the person wears and carries; what is not there is left out.
export function worn(attributes) {
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

export function meter(words, share, text) {
  const bar = h("meter", { min: 0, max: 1, high: 0.85, optimum: 0.3, "aria-label": words });
  bar.value = Math.max(0, Math.min(1, share));
  return h("div", { class: "meter-row" }, h("span", {}, words), bar, h("span", { class: "muted" }, text));
}
