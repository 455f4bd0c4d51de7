// Asking: by pictures, or by a person on the wall; and again, without those who are not meant.

import * as api from "./api.js";
import { box } from "./box.js";
import { toast } from "./dom.js";
import { base64, fitting, LARGEST_BYTES } from "./pictures.js";

const HOUR_MS = 3_600_000;

export const filter = { kinds: "face,body", hours: 0, cameras: new Set() };

// What was asked during this visit, by job: the box forgets the pictures when a search ends, so
// who wants to see them beside the answer, or to ask again, finds them here.
const asked = new Map();

export const askedWith = (job) => asked.get(job) ?? null;

function filtered() {
  const kinds = filter.kinds.split(",");
  const start = filter.hours ? { start_ms: Math.floor(box.now() - filter.hours * HOUR_MS) } : {};
  return { kinds, cameras: [...filter.cameras], ...start };
}

export const ask = ({ pictures = [], track = null, region = null }) =>
  send({ pictures, track, region, filters: filtered(), not: new Map() });

// The same question; `more` are hits who are not meant, by track.
export function askAgain(job, more) {
  const before = askedWith(job.id) ?? { pictures: [], track: job.query_track, region: null, filters: filtered(), not: new Map() };
  return send({ ...before, not: new Map([...before.not, ...more]) });
}

export const canAskAgain = (job) => job.query_track !== null || askedWith(job.id) !== null;

async function send(question) {
  if (!api.session.may("investigator")) return;
  document.body.classList.add("busy");
  try {
    const most = LARGEST_BYTES / Math.max(1, question.pictures.length);
    const pictures = await Promise.all(question.pictures.map((each) => fitting(each, most)));
    const job = await started({ ...question, pictures });
    asked.set(job.id, { ...question, pictures, addresses: pictures.map((each) => URL.createObjectURL(each)) });
    location.hash = `#/jobs/${job.id}`;
  } catch (problem) {
    toast(problem.message);
  }
  document.body.classList.remove("busy");
}

async function started({ pictures, track, region, filters, not }) {
  const common = { ...filters, ...(region ? { region } : {}), ...(not.size ? { not_tracks: [...not.keys()] } : {}) };
  if (pictures.length === 1) return api.searchByPicture(pictures[0], common);
  const who = pictures.length ? { pictures: await Promise.all(pictures.map(base64)) } : { track };
  return api.searchBy({ ...who, ...common });
}
