// How the store is at a glance: what needs somebody, every camera, who was just seen, how busy the box is.

import * as api from "./api.js";
import { box } from "./box.js";
import { trackCard, stampOf } from "./cards.js";
import { h, icon, pageHead, reconcile } from "./dom.js";
import { meter } from "./facts.js";
import { bytes, number, t, time } from "./i18n.js";
import { filter } from "./asking.js";

const EVERY_MS = 5000;
const NEWEST = 12;

export function overviewView() {
  const stopped = new AbortController();
  const parts = {
    notices: h("ul", { class: "notices" }),
    numbers: h("dl", { class: "numbers" }),
    cameras: h("div", { class: "camera-grid" }),
    newest: h("div", { class: "wall small-wall" }),
    load: h("div", { class: "meters" }),
    last: new Map(),
  };
  const draw = () => drawBox(parts);
  box.addEventListener("changed", draw, { signal: stopped.signal });
  draw();
  follow(parts, stopped.signal);
  const section = (name, content, more = null) =>
    h("section", { class: "block", "aria-labelledby": `${name}-title` }, h("div", { class: "block-head" }, h("h2", { id: `${name}-title` }, t(name)), more), content);
  return {
    title: t("overview"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "page" },
      pageHead(t("overview")),
      parts.notices,
      parts.numbers,
      section("cameras", parts.cameras),
      section("justSeen", parts.newest, h("a", { class: "link", href: "#/people" }, t("seeAll"))),
      section("load", parts.load),
    ),
  };
}

async function follow(parts, signal) {
  while (!signal.aborted) {
    if (!document.hidden) await Promise.allSettled([newest(parts, signal), load(parts, signal)]);
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function newest(parts, signal) {
  const { tracks } = await api.tracks({ limit: NEWEST }, signal);
  reconcile(parts.newest, tracks, { key: (track) => track.id, stamp: stampOf, make: (track) => trackCard(track) });
  if (!tracks.length) parts.newest.replaceChildren(h("p", { class: "muted" }, t("peopleEmptyText")));
  const cameras = box.status?.cameras ?? [];
  for (const { id } of cameras) {
    parts.last.set(id, await api.newest(id, signal));
  }
  drawBox(parts);
}

async function load(parts, signal) {
  const { load: busy, cores, disk, memory_bytes: memory } = await api.system(signal);
  parts.load.replaceChildren(
    meter(t("processor"), busy / cores, t("ofCores", { load: number(busy, 1), cores: number(cores) })),
    meter(t("disk"), 1 - disk.free / disk.total, t("freeOf", { free: bytes(disk.free), total: bytes(disk.total) })),
    h("div", { class: "meter-row" }, h("span", {}, t("memory")), h("span", {}), h("span", { class: "muted" }, bytes(memory))),
  );
}

function drawBox(parts) {
  const { status } = box;
  if (!status) return;
  const { counts, alarms, cameras } = status;
  const told = [
    ["inViewNow", counts.open_tracks],
    ["sightings", counts.tracks],
    ["clipsKept", counts.fragments],
    ["searches", counts.jobs],
    ["eventsWaiting", counts.outbox],
  ].filter(([, value]) => value !== undefined);
  reconcile(parts.numbers, told, {
    key: ([name]) => name,
    stamp: ([, value]) => value,
    make: ([name, value]) => h("div", { class: "number" }, h("dt", {}, t(name)), h("dd", {}, number(value))),
  });
  reconcile(parts.notices, alarms.length ? alarms : [null], {
    key: (text) => text ?? "well",
    stamp: (text) => text,
    make: (text) => h("li", { class: `notice ${text ? "" : "well"}` }, icon(text ? "warn" : "check"), text ?? t("allWell")),
  });
  reconcile(parts.cameras, cameras, {
    key: ({ id }) => id,
    stamp: (camera) => JSON.stringify([camera, parts.last.get(camera.id)?.at_ms]),
    make: (camera) => cameraCard(camera, parts.last.get(camera.id)),
  });
}

function cameraCard(camera, last) {
  const state = camera.enabled ? camera.state : "off";
  const words = camera.faults.map((each) => t(`fault_${each.fault}`)).join(" · ") || (state !== "up" && camera.reason) || "";
  return h(
    "a",
    { class: "camera-card card", href: "#/people", onclick: () => ((filter.cameras = new Set([camera.id])), undefined) },
    h("div", { class: "camera-still" }, still(camera, last)),
    h(
      "div",
      { class: "camera-facts" },
      h("strong", {}, camera.id),
      h("span", { class: "camera-state", data: { state } }, h("span", { class: "dot" }), t(state)),
      h("span", { class: "muted" }, last?.at_ms ? t("lastPicture", { time: time(last.at_ms) }) : t("noPictureYet")),
      words && h("span", { class: "camera-reason" }, words),
    ),
  );
}

function still(camera, last) {
  const nothing = () => h("span", { class: "nobody" }, icon("camera"));
  if (!last?.url) return nothing();
  const image = h("img", { src: last.url, alt: t("pictureOf", { camera: camera.id, time: time(last.at_ms) }), loading: "lazy", class: "wide" });
  image.onerror = () => image.replaceWith(nothing());
  return image;
}
