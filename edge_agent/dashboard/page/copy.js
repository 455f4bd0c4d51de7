// One question for copies: which pieces of the input are which pieces of what the box holds.

import * as api from "./api.js";
import { inputName, outcome } from "./copies.js";
import { formDialog } from "./dialogs.js";
import { backLink, button, emptyNote, fillWith, h, pageHead, toast } from "./dom.js";
import { facts } from "./facts.js";
import { dateTime, duration, number, percent, t } from "./i18n.js";
import { play } from "./player.js";
import { alignment, clock } from "./slices.js";
import { table } from "./table.js";

const WAIT_MS = 700;
const FINAL = ["succeeded", "no_data", "failed", "cancelled"];

export function copyView(id) {
  const stopped = new AbortController();
  const place = h("div", { class: "person-page" });
  follow(id, place, stopped.signal);
  return {
    title: t("copies"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page" }, backLink("#/copies", t("allCopies")), place),
  };
}

async function follow(id, place, signal) {
  while (!signal.aborted) {
    let done = true;
    await fillWith(place, async () => {
      const job = await api.printJob(id, signal);
      done = FINAL.includes(job.state);
      return body(job, done);
    });
    if (done) return;
    await new Promise((wake) => setTimeout(wake, WAIT_MS));
  }
}

function body(job, done) {
  const act = async (what) => {
    try {
      await what();
    } catch (problem) {
      toast(problem.message);
    }
  };
  return [
    pageHead(
      done ? outcome(job) : `${t(job.state)} ${percent(job.progress)}`,
      !done && button(t("cancel"), { onclick: () => act(() => api.cancelPrintJob(job.id)) }, "stop"),
      done && button(t("deleteItem"), { class: "danger-quiet", onclick: () => deleteDialog(job) }, "trash"),
    ),
    h(
      "section",
      { class: "card padded" },
      facts([
        ["theInput", inputName(job)],
        ...(job.seconds ? [["length", duration(job.seconds * 1000)]] : []),
        ["asked", dateTime(job.created_ms)],
        ...(job.medium ? [["holds", t(`medium_${job.medium}`)]] : []),
      ]),
    ),
    !done && h("progress", { max: 1, value: job.progress || null, "aria-label": t("searching") }),
    job.error && h("p", { class: "notice" }, job.error.message),
    ...(job.matches ?? []).map((match) => matched(job, match)),
    done && !job.error && !job.matches?.length && job.match_count !== null && emptyNote("wave", t("noCopyFound"), t("noCopyText")),
  ];
}

function matched(job, match) {
  const name = match.camera ?? match.key;
  const text = match.slices.some((one) => one.text !== null);
  return h(
    "section",
    { class: "copy card padded" },
    h(
      "div",
      { class: "copy-head" },
      match.thumbnail_url && h("img", { src: match.thumbnail_url, alt: t("pictureOf", { camera: name, time: when(match) }), loading: "lazy" }),
      h(
        "div",
        { class: "copy-words" },
        h("h2", {}, name),
        h("span", { class: "muted" }, when(match) || match.key),
        h("span", { class: "chip", data: { state: "succeeded" } }, t("alike", { value: number(match.similarity, 2) })),
        match.fragment && !match.clip_url && h("span", { class: "hint" }, t("clipNotHere")),
      ),
    ),
    text ? h("div", { class: "passages" }, match.slices.map(passage)) : pieces(job, match),
  );
}

const when = ({ slices }) => (slices[0]?.at_ms ? dateTime(slices[0].at_ms) : "");

function pieces(job, match) {
  if (!match.slices.length) return null;
  const showing = (one) => play({ fragment: match.fragment, camera: match.camera, start_ms: one.at_ms, body: null, face: null });
  const row = (one, place) =>
    h(
      "tr",
      {},
      h("td", {}, number(place + 1)),
      h("td", { class: "no-wrap" }, stretch(one.input_start, one.input_duration)),
      h("td", { class: "no-wrap" }, stretch(one.library_start, one.library_duration), one.at_ms && h("span", { class: "muted sub" }, dateTime(one.at_ms))),
      h("td", {}, number(one.similarity, 2), one.mirrored && h("span", { class: "chip" }, t("mirrored"))),
      h("td", { class: "row-tools" }, match.clip_url && button(t("playClip"), { class: "small", iconOnly: true, onclick: () => showing(one) }, "play")),
    );
  const drawn = job.medium !== "picture" && alignment(match.slices, job.seconds, match.camera ?? match.key);
  return h("div", { class: "block" }, drawn, table(["#", t("inInput"), t("inLibrary"), t("similarity"), ""], match.slices.map(row)));
}

const stretch = (start, length) => `${clock(start)} – ${clock(start + length)}`;

const passage = (one) => h("div", { class: "passage" }, h("blockquote", {}, one.text), h("blockquote", { class: "muted" }, one.library_text ?? ""), h("span", { class: "muted" }, number(one.similarity, 2)));

function deleteDialog(job) {
  formDialog({
    title: t("deleteCopyTitle"),
    text: t("deleteCopyText"),
    fields: [],
    submit: t("deleteItem"),
    danger: true,
    done: async () => {
      await api.deletePrintJob(job.id);
      location.hash = "#/copies";
    },
  });
}
