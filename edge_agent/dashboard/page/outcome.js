// What became of a search, in words.

import { number, t } from "./i18n.js";

const FINAL = ["succeeded", "no_data", "failed", "cancelled"];

export const isFinal = (job) => FINAL.includes(job.state);

export function outcome(job) {
  if (job.state !== "succeeded") return t(job.state);
  return job.hit_count === 1 ? t("oneHit") : t("hits", { count: number(job.hit_count) });
}
