// Who did and looked at what; and whether the log is whole.

import * as api from "./api.js";
import { button, emptyNote, field, fillWith, h, icon, pageHead, toast } from "./dom.js";
import { dateTime, t } from "./i18n.js";
import { table } from "./table.js";

const PAGE = 50;
const KINDS = ["track", "clip", "picture", "risk", "session", "user", "watch", "fingerprint", "image", "staff", "webhook"];

export function auditView() {
  const stopped = new AbortController();
  const place = h("div", {});
  const verdict = h("div", { class: "notices", role: "status" });
  const asked = { action: "", who: "" };
  const load = () => fillWith(place, async () => pages(asked, await api.auditLog({ limit: PAGE, ...asked }, stopped.signal)));
  const set = (event) => {
    asked[event.target.name] = event.target.value.trim();
    load();
  };
  load();
  return {
    title: t("audit"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "page" },
      pageHead(t("audit"), button(t("checkLog"), { onclick: () => check(verdict) }, "check")),
      verdict,
      h(
        "div",
        { class: "bar-of-fields" },
        field("action", t("what"), { onchange: set, options: [["", t("allActions")], ...KINDS.map((kind) => [kind, t(`audit_${kind}`)])] }),
        field("who", t("who"), { onchange: set, placeholder: "user:…" }),
      ),
      place,
    ),
  };
}

async function check(place) {
  try {
    const { whole, broken_at: seq } = await api.checkAudit();
    place.replaceChildren(h("p", { class: `notice ${whole ? "well" : ""}` }, icon(whole ? "check" : "warn"), whole ? t("logWhole") : t("logBroken", { seq })));
  } catch (problem) {
    toast(problem.message);
  }
}

function pages(asked, page) {
  if (!page.entries.length) return emptyNote("scroll", t("noEntriesFound"));
  const shown = table(["#", t("when"), t("who"), t("what"), t("details")], page.entries.map(row));
  let { next } = page;
  const more = button(t("more"), {
    class: "more",
    hidden: next === null,
    onclick: async () => {
      const following = await api.auditLog({ limit: PAGE, before: next, ...asked });
      shown.querySelector("tbody").append(...following.entries.map(row));
      next = following.next;
      more.hidden = next === null;
    },
  });
  return [shown, more];
}

function row(entry) {
  return h(
    "tr",
    {},
    h("td", { class: "muted" }, String(entry.seq)),
    h("td", { class: "no-wrap" }, dateTime(entry.at_ms)),
    h("td", {}, entry.who),
    h("td", { class: "no-wrap" }, h("code", {}, entry.action)),
    h("td", { class: "detail-cell" }, details(entry.detail)),
  );
}

// What an entry names becomes a link to it, as long as it may still be there.
function details(detail) {
  return Object.entries(detail).map(([name, value]) => {
    const words = typeof value === "object" ? JSON.stringify(value) : String(value);
    const places = { track: "tracks", job: "jobs", task: "risk-tasks" };
    const shown = places[name] ? h("a", { class: "link", href: `#/${places[name]}/${words}` }, words.slice(0, 16)) : words;
    return h("span", { class: "pair" }, h("span", { class: "muted" }, `${name} `), shown);
  });
}
