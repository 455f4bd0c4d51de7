// What the box says about itself, asked for every few seconds and shared by header and pages.

import * as api from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

const EVERY_MS = 4000;

class Box extends EventTarget {
  status = null;
  reachable = true;
  #timer = null;
  #running = false;

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#ask();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    this.status = null;
  }

  // Milliseconds of the box's clock; the browser's may be wrong.
  now() {
    return this.status ? this.status.now_ms + (performance.now() - this.status.heard) : Date.now();
  }

  name() {
    const { tenant, store } = this.status ?? {};
    return [tenant, store].filter(Boolean).join(" / ");
  }

  threshold(part) {
    return this.status?.pack?.[`${part}_threshold`] ?? null;
  }

  pill() {
    const pill = h("span", { class: "pill", id: "pill" }, h("span", { class: "dot" }), h("span", {}));
    this.#fill(pill);
    return pill;
  }

  async #ask() {
    try {
      const heard = performance.now();
      this.status = { ...(await api.status()), heard };
      this.reachable = true;
    } catch (problem) {
      if (problem.status === 401) return;
      this.reachable = false;
    }
    if (!this.#running) return;
    const pill = document.getElementById("pill");
    if (pill) this.#fill(pill);
    const store = document.getElementById("store");
    if (store) store.textContent = this.name();
    this.dispatchEvent(new Event("changed"));
    this.#timer = setTimeout(() => this.#ask(), document.hidden ? EVERY_MS * 5 : EVERY_MS);
  }

  #fill(pill) {
    pill.dataset.state = this.reachable ? "up" : "down";
    pill.lastElementChild.textContent = t(this.reachable ? "connected" : "away");
  }
}

export const box = new Box();
