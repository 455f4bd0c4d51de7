// People as a wall of pictures, the newest first, kept up to date.

import * as api from "./api.js";
import { stampOf, trackCard } from "./cards.js";
import { reconcile } from "./dom.js";

const PAGE = 48;
const LONGEST_WALL = 480;
const EVERY_MS = 2000;

// `question` gives what is asked for now; `lost` is told that a camera in it is not there any more.
export class Wall {
  #tracks = new Map();
  #next = null;
  #paged = false;
  #tag = null;
  #asked = "";

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
    this.#tag = null;
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
    const question = this.question();
    const asked = JSON.stringify(question);
    let answer;
    try {
      const tag = after === null && asked === this.#asked ? this.#tag : null;
      answer = await api.tracksSince({ limit: PAGE, after, ...question }, tag, this.signal);
    } catch (problem) {
      // A camera may have left the configuration. Else the header tells that the box is away,
      // and the next turn tries again.
      if (problem.status === 404) this.lost();
      else if (problem.status === 400) this.refused(problem.message);
      return;
    }
    if (answer === null || asked !== JSON.stringify(this.question())) return;
    if (after === null) [this.#tag, this.#asked] = [answer.tag, asked];
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

