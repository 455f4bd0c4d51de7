// Picture files on their way to the box: dropped, pasted or chosen.

import * as api from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

// What all pictures of one question may weigh together.
export const LARGEST_BYTES = 4 * 1024 * 1024;
const LONGEST_SIDE = 2048;
const SHORTEST_LONGEST = 512;
const SENT_AS_IS = ["image/jpeg", "image/png", "image/webp", "image/bmp"];

// A phone's photograph is larger than a question may be: the browser makes it smaller, until it has
// no more than `most` bytes.
export async function fitting(file, most = LARGEST_BYTES) {
  if (SENT_AS_IS.includes(file.type) && file.size <= most) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(t("notPicture"));
  }
  try {
    for (let longest = LONGEST_SIDE; longest >= SHORTEST_LONGEST; longest /= 2) {
      const smaller = await drawn(bitmap, longest);
      if (smaller && smaller.size <= most) return smaller;
    }
  } finally {
    bitmap.close();
  }
  throw new Error(t("tooManyPixels"));
}

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

export const base64 = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });

// A page that wants pictures itself sets `take` while it is shown; else they are asked about.
export const desk = { take: null };

// The whole page takes pictures, whatever is shown.
export function watchPictures(ask) {
  let depth = 0;
  const taken = (files, place) => files.length && (desk.take ? desk.take(files, place) : ask(files));
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const cover = h("div", { class: "cover", hidden: true }, icon("search"), h("span", {}));
  document.body.append(cover);
  const showCover = (shown) => {
    cover.hidden = !shown || !(desk.take || api.session.may("investigator"));
    cover.lastElementChild.textContent = t("dropNow");
  };
  addEventListener("dragenter", (event) => {
    if (carries(event)) showCover((depth += 1) > 0);
  });
  addEventListener("dragleave", (event) => {
    if (carries(event)) showCover((depth = Math.max(0, depth - 1)) > 0);
  });
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    showCover((depth = 0) > 0);
    taken([...event.dataTransfer.files], event.target);
  });
  addEventListener("paste", (event) => {
    taken([...(event.clipboardData?.files ?? [])].filter((each) => each.type.startsWith("image/")), event.target);
  });
}
