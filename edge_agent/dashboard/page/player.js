// The clip that shows a track, opened at the second of its best picture.

import * as api from "./api.js";
import { button, h, icon } from "./dom.js";
import { t, time } from "./i18n.js";

const LEAD_MS = 1500;
const RECORDING_WAIT_MS = 2000;
const PROGRESS_EVERY_MS = 500;

export async function play(track) {
  const shot = track.body ?? track.face;
  const at = shot?.at_ms ?? track.start_ms;
  const place = h("div", { class: "stage" }, h("p", { class: "muted", role: "status" }, t("loading")));
  const dialog = h(
    "dialog",
    { class: "player", "aria-label": t("clipOf", { camera: track.camera, time: time(at) }) },
    h(
      "header",
      { class: "player-head" },
      h("div", {}, h("strong", {}, track.camera), h("span", { class: "muted" }, time(at))),
      button(t("close"), { class: "quiet", iconOnly: true, onclick: () => dialog.close() }, "close"),
    ),
    place,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    fill(place, await playable(await finished(track.fragment, place, dialog), place, dialog), at);
  } catch (problem) {
    refuse(place, problem.message);
  }
}

// Waits, as long as the dialog is open, until the clip is no longer being recorded.
async function finished(id, place, dialog) {
  let fragment = await api.fragment(id);
  if (fragment.state === "recording") {
    place.replaceChildren(h("p", { class: "muted", role: "status" }, icon("clock"), t("recording")));
  }
  while (fragment.state === "recording" && dialog.open) {
    await new Promise((wake) => setTimeout(wake, RECORDING_WAIT_MS));
    fragment = await api.fragment(id);
  }
  return fragment;
}

// Has the box make the clip playable, where it is not, and says how far that is.
async function playable(fragment, place, dialog) {
  while (fragment.clip_url && !fragment.ready && dialog.open) {
    let problem = null;
    let answered = false;
    const asked = api
      .prepare(fragment.clip_url)
      .catch((error) => (problem = error))
      .finally(() => (answered = true));
    while (!answered && dialog.open) {
      const share = Math.round((fragment.progress ?? 0) * 100);
      place.replaceChildren(
        h("p", { class: "muted", role: "status" }, icon("clock"), t("preparing", { share })),
      );
      await Promise.race([asked, new Promise((wake) => setTimeout(wake, PROGRESS_EVERY_MS))]);
      fragment = await api.fragment(fragment.id);
    }
    if (problem && !fragment.ready && fragment.progress === null) throw problem;
  }
  return fragment;
}

function fill(place, fragment, at) {
  if (!fragment.clip_url) {
    refuse(place, fragment.state);
    return;
  }
  const second = Math.max(0, (at - fragment.start_ms - LEAD_MS) / 1000);
  const video = h("video", { src: fragment.clip_url, controls: true, playsinline: true, autoplay: true, preload: "auto" });
  video.muted = true;
  const seek = () => {
    const last = Number.isFinite(video.duration) ? Math.max(0, video.duration - 0.5) : second;
    video.currentTime = Math.min(second, last);
  };
  video.addEventListener("loadedmetadata", seek, { once: true });
  video.addEventListener("error", () => refuse(place, t("unplayable")), { once: true });
  place.replaceChildren(
    video,
    h(
      "footer",
      { class: "player-foot" },
      button(t("jumpTo"), { onclick: seek }, "person"),
      h("a", { class: "button", href: fragment.clip_url, download: `${fragment.camera}-${fragment.start_ms}.mp4` }, icon("download"), t("download")),
    ),
  );
}

function refuse(place, reason) {
  place.replaceChildren(h("p", { class: "muted" }, icon("warn"), t("clipGone", { reason })));
}
