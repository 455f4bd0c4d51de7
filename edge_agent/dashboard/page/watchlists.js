// Watch lists: who is looked out for, why and until when, and who of them came.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { backLink, button, emptyNote, field, fillWith, h, icon, pageHead, toast } from "./dom.js";
import { facts } from "./facts.js";
import { dateTime, fromLocal, number, t, time, toLocal } from "./i18n.js";
import { base64, fitting } from "./pictures.js";

const MONTH_MS = 30 * 86_400_000;

export function watchListsView() {
  const stopped = new AbortController();
  const place = h("div", {});
  fillWith(place, async () => listed(await api.watchLists(stopped.signal)));
  const create = api.session.may("administrator") && button(t("create"), { class: "primary", onclick: createDialog }, "plus");
  return {
    title: t("watch"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page narrow" }, pageHead(t("watch"), create), place),
  };
}

function listed({ watchlists }) {
  if (!watchlists.length) return emptyNote("eye", t("noLists"), t("noListsText"));
  const row = (list) =>
    h(
      "li",
      {},
      h(
        "a",
        { class: "job card", href: `#/watchlists/${list.id}` },
        icon("eye"),
        h("strong", {}, list.name),
        h("span", { class: "muted" }, list.entry_count === 1 ? t("oneEntry") : t("entries", { count: number(list.entry_count) })),
        h("span", { class: "muted end" }, `${t("listEnds")} ${time(list.expires_ms)}`),
      ),
    );
  return h("ul", { class: "job-list" }, watchlists.map(row));
}

function createDialog() {
  formDialog({
    title: t("watch"),
    text: t("noListsText"),
    submit: t("create"),
    fields: [
      field("name", t("taskName"), { required: true, maxlength: "64" }),
      field("owner", t("listOwner"), { required: true, maxlength: "200" }),
      field("reason", t("listReason"), { required: true, maxlength: "200" }),
      field("ends", t("listEnds"), { type: "datetime-local", required: true, value: toLocal(Date.now() + MONTH_MS) }),
    ],
    done: async ({ name, owner, reason, ends }) => {
      const made = await api.createWatchList({ name, owner, reason, expires_ms: fromLocal(ends) });
      location.hash = `#/watchlists/${made.id}`;
    },
  });
}

export function watchListView(id) {
  const stopped = new AbortController();
  const place = h("div", { class: "person-page" });
  const load = async () => {
    const [list, { hits }] = await Promise.all([api.watchList(id, stopped.signal), api.watchHits(id, stopped.signal)]);
    return body(list, hits, () => fillWith(place, load));
  };
  fillWith(place, load);
  return {
    title: t("watch"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page" }, backLink("#/watchlists", t("backToLists")), place),
  };
}

function body(list, hits, again) {
  const changes = api.session.may("administrator");
  return [
    pageHead(
      list.name,
      api.session.may("investigator") && button(t("addPerson"), { class: "primary", onclick: () => addDialog(list, again) }, "plus"),
      changes && button(t("deleteList"), { class: "danger-quiet", onclick: () => deleteDialog(list) }, "trash"),
    ),
    h("section", { class: "card padded" }, facts([["listOwner", list.owner], ["listReason", list.reason], ["listEnds", dateTime(list.expires_ms)]])),
    list.entries.length ? h("ul", { class: "entry-grid" }, list.entries.map((one) => entry(list, one, again))) : emptyNote("person", t("noEntries")),
    h("section", { class: "block" }, h("h2", {}, t("watchHits")), hits.length ? h("ul", { class: "hit-list" }, hits.map((one) => hit(list, one))) : h("p", { class: "muted" }, t("noWatchHits"))),
  ];
}

function entry(list, one, again) {
  const remove = async () => {
    try {
      await api.removeWatched(list.id, one.id);
      again();
    } catch (problem) {
      toast(problem.message);
    }
  };
  return h(
    "li",
    { class: "entry card" },
    one.picture_url ? h("img", { src: one.picture_url, alt: one.name || one.id }) : h("span", { class: "nobody" }, icon("person")),
    h("strong", {}, one.name || one.id),
    h("span", { class: "muted" }, one.hit_count === 1 ? t("oneVisit") : t("hitsCount", { count: number(one.hit_count) })),
    api.session.may("investigator") && button(t("removeFromTask"), { class: "small quiet", iconOnly: true, onclick: remove }, "trash"),
  );
}

function hit(list, one) {
  const who = list.entries.find(({ id }) => id === one.entry);
  return h(
    "li",
    {},
    h(
      "a",
      { class: "job card", href: `#/tracks/${one.tracks[0]}` },
      h("img", { class: "hit-face", src: one.picture_url, alt: "" }),
      h("strong", {}, t("hitOf", { name: who?.name || one.entry, score: number(one.score, 2) })),
      h("span", { class: "muted end" }, dateTime(one.at_ms)),
    ),
  );
}

function addDialog(list, again) {
  formDialog({
    title: t("addPerson"),
    submit: t("addPerson"),
    fields: [
      field("name", t("name"), { maxlength: "64" }),
      field("face", t("facePicture"), { type: "file", accept: "image/*", required: true }),
    ],
    done: async ({ name, face }) => {
      await api.addWatched(list.id, { name, pictures: [await base64(await fitting(face))], keep_picture: true });
      again();
    },
  });
}

function deleteDialog(list) {
  formDialog({
    title: t("deleteListTitle"),
    text: t("deleteListText"),
    fields: [],
    submit: t("deleteList"),
    danger: true,
    done: async () => {
      await api.deleteWatchList(list.id);
      location.hash = "#/watchlists";
    },
  });
}
