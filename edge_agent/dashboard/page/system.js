// How the box is: load, what was left out and where, sync, weights.

import * as api from "./api.js";
import { box } from "./box.js";
import { fillWith, h, pageHead } from "./dom.js";
import { facts, meter } from "./facts.js";
import { table } from "./table.js";
import { bytes, dateTime, number, percent, t, time, timezone } from "./i18n.js";

const EVERY_MS = 5000;

export function systemView() {
  const stopped = new AbortController();
  const place = h("div", { class: "two-cards" });
  const load = async () => cards(box.status ?? (await api.status(stopped.signal)), await api.system(stopped.signal));
  const turn = async () => {
    while (!stopped.signal.aborted) {
      if (!document.hidden) await fillWith(place, load);
      await new Promise((wake) => setTimeout(wake, EVERY_MS));
    }
  };
  turn();
  return { title: t("system"), leave: () => stopped.abort(), element: h("div", { class: "page" }, pageHead(t("system")), place) };
}

const card = (title, ...content) => h("section", { class: "card padded" }, h("h2", {}, t(title)), content);

function cards(status, { load, cores, disk, memory_bytes: memory, frames }) {
  return [
    card(
      "load",
      meter(t("processor"), load / cores, t("ofCores", { load: number(load, 1), cores: number(cores) })),
      meter(t("disk"), 1 - disk.free / disk.total, t("freeOf", { free: bytes(disk.free), total: bytes(disk.total) })),
      facts([
        ["memory", bytes(memory)],
        ["runningSince", dateTime(status.started_ms)],
        ["softwareVersion", status.version],
        ["storeZone", timezone()],
      ]),
    ),
    card("weights", weights(status)),
    card("sync", h("p", { class: "muted" }, `${t("eventsWaiting")}: ${number(status.counts.outbox ?? 0)}`), consumers(status.consumers)),
    h("section", { class: "card padded whole" }, h("h2", {}, t("whatFrames")), h("p", { class: "muted" }, t("framesNote")), stages(frames)),
  ];
}

function weights({ pack, embedding }) {
  if (!pack) return h("p", { class: "muted" }, "–");
  return facts([
    ["weights", pack.name],
    ["licence", pack.licence],
    ...pack.notes.map((note) => ["note", note]),
    ["face", pack.face_model],
    ["body", pack.body_model],
    ...(embedding ? [["embedded", percent(embedding.progress)]] : []),
  ]);
}

function consumers(all) {
  if (!all.length) return h("p", { class: "muted" }, t("noConsumers"));
  const row = (one) => h("tr", {}, h("td", {}, one.name, one.lapsed && h("span", { class: "chip", data: { state: "failed" } }, t("lapsed"))), h("td", {}, number(one.acked_seq)), h("td", {}, time(one.heard_ms)));
  return table([t("consumer"), t("acked"), t("heard")], all.map(row));
}

function stages(frames) {
  if (!frames.length) return h("p", { class: "muted" }, t("nobodyYet"));
  const names = [...new Set(frames.flatMap((one) => Object.keys(one.stages)))].sort();
  const row = (name) => h("tr", {}, h("th", { scope: "row" }, name), frames.map((one) => h("td", {}, number(one.stages[name] ?? 0))));
  return table([t("stage"), ...frames.map((one) => one.camera)], names.map(row));
}
