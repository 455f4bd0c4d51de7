// The wall: who was seen last, live.

import * as api from "./api.js";
import { stampOf, trackCard } from "./cards.js";
import { button, h, icon, reconcile } from "./dom.js";
import { number, t, time } from "./i18n.js";
import { box } from "./box.js";
import { filter, questionPanel } from "./question.js";

const PAGE = 48;
const LONGEST_WALL = 480;
const EVERY_MS = 2000;

export function liveView() {
  const stopped = new AbortController();
  const wall = h("div", { class: "wall", "aria-busy": "true" });
  const empty = h(
    "div",
    { class: "empty", hidden: true },
    icon("person"),
    h("h3", {}, t("peopleEmpty")),
    h("p", {}, t("peopleEmptyText")),
  );
  const count = h("span", { class: "muted count" });
  const more = button(t("more"), { class: "more", hidden: true, onclick: () => page.earlier() });
  const page = new Wall({ wall, empty, more, signal: stopped.signal });
  const cameras = h("ul", { class: "cameras" });
  const notices = h("div", { class: "notices" });
  const refresh = () => showBox({ cameras, notices, count, chosen: () => page.restart() });
  box.addEventListener("changed", refresh, { signal: stopped.signal });
  refresh();
  page.run();
  return {
    title: t("live"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "columns" },
      h(
        "aside",
        { class: "rail" },
        questionPanel(),
        h("section", { class: "card", "aria-labelledby": "cameras-title" }, h("h2", { id: "cameras-title" }, t("cameras")), cameras),
      ),
      h(
        "section",
        { class: "people", "aria-labelledby": "people-title" },
        notices,
        h("div", { class: "people-head" }, h("h1", { id: "people-title" }, t("people")), count),
        wall,
        empty,
        more,
      ),
    ),
  };
}

class Wall {
  #tracks = new Map();
  #next = null;
  #paged = false;

  constructor(parts) {
    Object.assign(this, parts);
  }

  async run() {
    while (!this.signal.aborted) {
      if (!document.hidden) await this.#refresh();
      await new Promise((wake) => setTimeout(wake, EVERY_MS));
    }
  }

  async restart() {
    this.#tracks.clear();
    this.#paged = false;
    await this.#refresh();
  }

  async earlier() {
    this.#paged = true;
    await this.#take(this.#next);
  }

  async #refresh() {
    await this.#take(null);
  }

  async #take(after) {
    const cameras = [...filter.cameras];
    let answer;
    try {
      answer = await api.tracks({ limit: PAGE, after, cameras }, this.signal);
    } catch (problem) {
      // A camera may have left the configuration. Else the header tells that the box is away,
      // and the next turn tries again.
      if (problem.status === 404) filter.cameras.clear();
      return;
    }
    if (cameras.join() !== [...filter.cameras].join()) return;
    this.#merge(answer, after);
    this.#draw();
  }

  #merge({ tracks, next }, after) {
    if (after === null && tracks.length) {
      // What the newest page no longer holds within its own span has been forgotten by the box.
      const oldest = tracks.at(-1).id;
      for (const id of this.#tracks.keys()) if (id >= oldest) this.#tracks.delete(id);
    }
    if (after === null && !tracks.length) this.#tracks.clear();
    for (const track of tracks) this.#tracks.set(track.id, track);
    if (after !== null || !this.#paged) this.#next = next;
  }

  #draw() {
    const newest = [...this.#tracks.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    const kept = newest.slice(0, this.#paged ? LONGEST_WALL : PAGE);
    this.#tracks = new Map(kept.map((track) => [track.id, track]));
    reconcile(this.wall, kept, { key: (track) => track.id, stamp: stampOf, make: trackCard });
    this.wall.removeAttribute("aria-busy");
    this.empty.hidden = kept.length > 0;
    this.more.hidden = this.#next === null || kept.length >= LONGEST_WALL;
  }
}

function showBox({ cameras, notices, count, chosen }) {
  const { status } = box;
  if (!status) return;
  const known = status.counts?.tracks;
  count.textContent = known === undefined ? "" : t("tracksCount", { count: number(known) });
  reconcile(notices, warnings(status), { key: (text) => text, stamp: (text) => text, make: notice });
  const listed = status.cameras.length ? status.cameras : [null];
  reconcile(cameras, listed, {
    key: (camera) => camera?.id ?? "none",
    stamp: (camera) => [camera?.state, camera?.since_ms, camera?.enabled, camera?.faults.map((each) => each.fault), filter.cameras.has(camera?.id)].join(),
    make: (camera) => cameraRow(camera, chosen),
  });
}

// The box says in English that its weights are a stopgap; the page says it in the reader's language.
const warnings = ({ pack, alarms }) =>
  pack?.stopgap ? [t("stopgap"), ...alarms.filter((alarm) => !alarm.includes("stopgap"))] : alarms;

const notice = (text) => h("p", { class: "notice" }, icon("warn"), text);

function cameraRow(camera, chosen) {
  if (!camera) return h("li", { class: "muted" }, t("noCameras"));
  const state = camera.enabled ? camera.state : "off";
  const faulty = camera.faults.map((each) => t(`fault_${each.fault}`)).join(" · ");
  const toggle = (event) => {
    const pressed = !filter.cameras.has(camera.id);
    if (pressed) filter.cameras.add(camera.id);
    else filter.cameras.delete(camera.id);
    event.currentTarget.setAttribute("aria-pressed", String(pressed));
    chosen();
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "camera", "aria-pressed": String(filter.cameras.has(camera.id)), onclick: toggle, title: (state !== "up" && camera.reason) || null },
      icon("camera"),
      h("span", { class: "camera-name" }, camera.id),
      h(
        "span",
        { class: "camera-state", data: { state } },
        h("span", { class: "dot" }),
        t(state),
        camera.since_ms > 0 && h("span", { class: "muted" }, ` ${t("since", { time: time(camera.since_ms) })}`),
      ),
      state !== "up" && camera.reason && h("span", { class: "camera-reason" }, camera.reason),
      state === "up" && camera.faults.length > 0 && h("span", { class: "camera-reason" }, faulty),
    ),
  );
}
