// A picture in which somebody drags a frame around one person; arrow keys move it, with Shift its corner.

import { h } from "./dom.js";
import { t } from "./i18n.js";

const LEAST = 8; // pixels of the picture
const STEP = 0.02;

export function regionPicker(address, changed) {
  const image = h("img", { src: address, alt: t("queryPicture"), draggable: "false" });
  const frame = h("div", { class: "region", hidden: true, tabIndex: 0, role: "group", "aria-label": t("regionSet"), onkeydown: move });
  const stage = h("div", { class: "region-stage", onpointerdown: begin }, image, frame);
  let corners = null;
  let from = null;

  const clamp = (value) => Math.max(0, Math.min(1, value));
  const place = (event) => {
    const { left, top, width, height } = image.getBoundingClientRect();
    return [clamp((event.clientX - left) / width), clamp((event.clientY - top) / height)];
  };

  function show() {
    frame.hidden = corners === null;
    if (corners) {
      const [left, top, right, bottom] = corners.map((one) => one * 100);
      Object.assign(frame.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
    }
    changed(corners);
  }

  function begin(event) {
    if (event.target === frame && event.pointerType !== "mouse") return;
    event.preventDefault();
    from = place(event);
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove = drag;
    stage.onpointerup = () => ((stage.onpointermove = stage.onpointerup = null), settle());
  }

  function drag(event) {
    const to = place(event);
    corners = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
    show();
  }

  function settle() {
    const [left, top, right, bottom] = corners ?? [0, 0, 0, 0];
    const small = (right - left) * image.naturalWidth < LEAST || (bottom - top) * image.naturalHeight < LEAST;
    if (small) corners = null;
    show();
  }

  function move(event) {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!way || !corners) return;
    event.preventDefault();
    const [left, top, right, bottom] = corners;
    const kept = event.shiftKey ? [left, top] : [clamp(left + way[0]), clamp(top + way[1])];
    corners = [...kept, Math.max(kept[0] + STEP, clamp(right + way[0])), Math.max(kept[1] + STEP, clamp(bottom + way[1]))];
    show();
  }

  return {
    element: stage,
    middle() {
      corners = [0.3, 0.1, 0.7, 0.9];
      show();
      frame.focus();
    },
    clear() {
      corners = null;
      show();
    },
    // In pixels of the picture, as the box wants it.
    pixels() {
      if (!corners) return null;
      const [width, height] = [image.naturalWidth, image.naturalHeight];
      return corners.map((one, side) => Math.round(one * (side % 2 ? height : width)));
    },
  };
}
