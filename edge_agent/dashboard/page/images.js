// Image Search: instances of pictures of things, what lies in them, and what looks like a picture.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { backLink, button, emptyNote, field, fillWith, h, icon, pageHead, toast } from "./dom.js";
import { facts } from "./facts.js";
import { dateTime, number, t } from "./i18n.js";
import { base64, desk, fitting } from "./pictures.js";

const PAGE = 60;
const FOUND = 48;
const SERVICES = ["goods", "generic", "fabric", "trademark", "copyright", "furniture", "hardware"];

export function instancesView() {
  const stopped = new AbortController();
  const place = h("div", {});
  fillWith(place, async () => listed(await api.instances(stopped.signal)));
  return {
    title: t("things"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page" }, pageHead(t("things")), h("p", { class: "muted" }, t("thingsText")), place),
  };
}

const kindOf = ({ service }) => t(`service_${SERVICES[service] ?? "generic"}`);

function listed({ instances }) {
  if (!instances.length) return emptyNote("grid", t("noInstances"), t("noInstancesText"));
  const card = (one) =>
    h(
      "a",
      { class: "instance card padded", href: `#/things/${encodeURIComponent(one.name)}` },
      h("div", { class: "block-head" }, h("h2", {}, one.name), !one.ready && h("span", { class: "chip" }, t("beingLoaded"))),
      facts([
        ["kindOfThings", kindOf(one)],
        ["items", t("ofCapacity", { count: number(one.items), capacity: number(one.capacity) })],
      ]),
    );
  return h("div", { class: "two-cards" }, instances.map(card));
}

export function instanceView(name) {
  const stopped = new AbortController();
  const parts = {
    name,
    head: h("div", {}),
    grid: h("div", {}),
    signal: stopped.signal,
  };
  const list = () => fillWith(parts.grid, () => newest(parts));
  parts.list = list;
  fillWith(parts.head, () => head(parts));
  list();
  desk.take = ([file]) => byPicture(parts, file);
  return {
    title: name,
    leave: () => {
      desk.take = null;
      stopped.abort();
    },
    element: h("div", { class: "page" }, backLink("#/things", t("allInstances")), parts.head, searchBar(parts), parts.grid),
  };
}

async function head(parts) {
  const { instances } = await api.instances(parts.signal);
  const one = instances.find(({ name }) => name === parts.name);
  if (!one) return emptyNote("warn", t("notFound"));
  return [
    pageHead(one.name, api.session.may("investigator") && button(t("addItem"), { class: "primary", onclick: () => addDialog(parts) }, "plus")),
    h("p", { class: "muted" }, [kindOf(one), t("ofCapacity", { count: number(one.items), capacity: number(one.capacity) }), one.model].join(" · ")),
  ];
}

function searchBar(parts) {
  const words = h("input", { type: "search", id: "field-words", name: "text", maxlength: "500", placeholder: t("thingWords"), "aria-label": t("thingWords") });
  const input = h("input", {
    type: "file",
    accept: "image/*",
    id: "thing-picture",
    class: "visually-hidden",
    onchange: (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) byPicture(parts, file);
    },
  });
  const ask = (event) => {
    event.preventDefault();
    if (!words.value.trim()) return parts.list();
    return show(parts, t("byWords", { words: words.value }), () => api.imageOperation(parts.name, "search-by-text", { Text: words.value, Num: FOUND }));
  };
  return h(
    "form",
    { class: "search-bar card", role: "search", onsubmit: ask },
    words,
    h("button", { type: "submit", class: "button" }, icon("search"), h("span", {}, t("searchPage"))),
    h("span", { class: "drop" }, input, h("label", { for: "thing-picture", class: "button" }, icon("upload"), h("span", {}, t("byPicture")))),
  );
}

async function byPicture(parts, file) {
  let picture;
  try {
    picture = await fitting(file);
  } catch (problem) {
    toast(problem.message);
    return;
  }
  const address = URL.createObjectURL(picture);
  const asked = h("img", { class: "asked-thing", src: address, alt: t("queryPicture"), onload: () => URL.revokeObjectURL(address) });
  show(parts, asked, async () => api.imageOperation(parts.name, "search-by-picture", { PicContent: await base64(picture), Num: FOUND }));
}

const bySelf = (parts, item) =>
  show(parts, t("likeItem", { name: item.product }), () =>
    api.imageOperation(parts.name, "search-by-name", { ProductId: item.product, PicName: item.name, Num: FOUND }),
  );

// Runs a search and shows what it found, best first, until it is cleared.
function show(parts, asked, search) {
  const back = button(t("showAll"), { class: "small", onclick: parts.list }, "close");
  parts.grid.replaceChildren();
  return fillWith(parts.grid, async () => {
    const { Auctions } = await search();
    const found = Auctions.map((one) => ({
      product: one.ProductId,
      name: one.PicName,
      custom: one.CustomContent ?? null,
      score: one.Score,
      picture_url: one.PictureUrl,
    }));
    return h(
      "div",
      { class: "block" },
      h("div", { class: "chips found-head", role: "status" }, asked, h("strong", {}, t("itemsFound", { count: number(found.length) })), back),
      found.length ? h("div", { class: "item-grid" }, found.map((one) => itemCard(parts, one))) : emptyNote("grid", t("nothingAlike"), t("nothingAlikeText")),
    );
  });
}

async function newest(parts) {
  const page = await api.items(parts.name, { limit: PAGE }, parts.signal);
  if (!page.items.length) return emptyNote("grid", t("noItems"), t("noItemsText"));
  const grid = h("div", { class: "item-grid" }, page.items.map((one) => itemCard(parts, one)));
  let { next } = page;
  const more = button(t("moreItems"), {
    class: "more",
    hidden: next === null,
    onclick: async () => {
      try {
        const further = await api.items(parts.name, { limit: PAGE, after: next }, parts.signal);
        grid.append(...further.items.map((one) => itemCard(parts, one)));
        next = further.next;
        more.hidden = next === null;
      } catch (problem) {
        toast(problem.message);
      }
    },
  });
  return h("div", { class: "people" }, grid, more);
}

function itemCard(parts, item) {
  const words = [item.custom, item.added_ms && dateTime(item.added_ms)].filter(Boolean).join(" · ");
  const scored = item.score !== undefined && item.score !== null;
  return h(
    "article",
    { class: "item card" },
    h("img", { src: item.picture_url, alt: `${item.product}, ${item.name}`, loading: "lazy", decoding: "async" }),
    scored && h("span", { class: "score-badge", title: t("score") }, number(item.score, 2)),
    h("div", { class: "item-words" }, h("strong", {}, item.product), h("span", { class: "muted" }, item.name), words && h("span", { class: "muted" }, words)),
    h(
      "div",
      { class: "actions" },
      button(t("similarThings"), { class: "small", iconOnly: true, onclick: () => bySelf(parts, item) }, "similar"),
      api.session.may("investigator") && button(t("deleteItem"), { class: "small", iconOnly: true, onclick: () => deleteDialog(parts, item) }, "trash"),
    ),
  );
}

function renew(parts) {
  fillWith(parts.head, () => head(parts));
  parts.list();
}

function addDialog(parts) {
  formDialog({
    title: t("addItem"),
    submit: t("addItem"),
    fields: [
      field("picture", t("picture"), { type: "file", accept: "image/*", required: true }),
      field("product", t("product"), { required: true, maxlength: "256", hint: t("productHint") }),
      field("name", t("pictureName"), { required: true, maxlength: "256", value: "1" }),
      field("custom", t("note"), { maxlength: "1000" }),
    ],
    done: async ({ picture, product, name, custom }) => {
      const sent = { ProductId: product, PicName: name, PicContent: await base64(await fitting(picture)) };
      await api.imageOperation(parts.name, "add", { ...sent, ...(custom ? { CustomContent: custom } : {}) });
      toast(t("itemAdded"), "good");
      renew(parts);
    },
  });
}

function deleteDialog(parts, item) {
  formDialog({
    title: t("deleteItemTitle", { name: item.product }),
    text: t("deleteItemText"),
    fields: [],
    submit: t("deleteItem"),
    danger: true,
    done: async () => {
      await api.imageOperation(parts.name, "delete", { ProductId: item.product, PicName: item.name });
      renew(parts);
    },
  });
}
