// Who was seen, newest first, and live; filters beside it, and a place to drop a picture.

import * as api from "./api.js";
import { filter } from "./asking.js";
import { box } from "./box.js";
import { button, emptyNote, h, icon, reconcile, toast } from "./dom.js";
import { filterPanel, filters } from "./filters.js";
import { number, t, time } from "./i18n.js";
import { questionPanel } from "./question.js";
import { Wall } from "./wall.js";

export function peopleView() {
  const stopped = new AbortController();
  const wall = h("div", { class: "wall", "aria-busy": "true" });
  const empty = h("div", { hidden: true });
  const nobody = () => {
    const asked = filters.active() || filter.cameras.size > 0;
    empty.replaceChildren(emptyNote("person", t(asked ? "noMatchTitle" : "peopleEmpty"), t(asked ? "noMatchText" : "peopleEmptyText")));
  };
  const count = h("span", { class: "muted count" });
  const more = button(t("more"), { class: "more", hidden: true, onclick: () => page.earlier() });
  const page = new Wall({
    wall,
    empty,
    more,
    signal: stopped.signal,
    question: () => ({ cameras: [...filter.cameras], ...filters.query() }),
    lost: () => filter.cameras.clear(),
    refused: (message) => (toast(message), filters.clear()),
  });
  const restart = () => (nobody(), page.restart());
  const cameras = h("ul", { class: "cameras" });
  const notices = h("div", { class: "notices" });
  const refresh = () => showBox({ cameras, notices, count, chosen: restart });
  box.addEventListener("changed", refresh, { signal: stopped.signal });
  refresh();
  nobody();
  page.run();
  return {
    title: t("people"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "columns" },
      h(
        "aside",
        { class: "rail" },
        api.session.may("investigator") && questionPanel(),
        h("section", { class: "card", "aria-labelledby": "cameras-title" }, h("h2", { id: "cameras-title" }, t("cameras")), cameras),
        filterPanel(restart),
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

function showBox({ cameras, notices, count, chosen }) {
  const { status } = box;
  if (!status) return;
  const known = status.counts?.tracks;
  count.textContent = known === undefined ? "" : t("tracksCount", { count: number(known) });
  reconcile(notices, status.alarms, { key: (text) => text, stamp: (text) => text, make: notice });
  const listed = status.cameras.length ? status.cameras : [null];
  reconcile(cameras, listed, {
    key: (camera) => camera?.id ?? "none",
    stamp: (camera) => [camera?.state, camera?.since_ms, camera?.enabled, camera?.faults.map((each) => each.fault), filter.cameras.has(camera?.id)].join(),
    make: (camera) => cameraRow(camera, chosen),
  });
}

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
