// Staff: whose sightings are left out of visits, orders and results.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { button, emptyNote, field, fillWith, h, pageHead, toast } from "./dom.js";
import { dateTime, number, t } from "./i18n.js";
import { base64, fitting } from "./pictures.js";
import { table } from "./table.js";

const MOST_PICTURES = 10;
const MADE_ID = /^[0-9a-f]{32}$/;

export function staffView() {
  const stopped = new AbortController();
  const place = h("div", {});
  const load = async () => listed(await api.staff(stopped.signal), again);
  const again = () => fillWith(place, load);
  again();
  const add = api.session.may("administrator") && button(t("addStaff"), { class: "primary", onclick: () => addDialog(again) }, "plus");
  return {
    title: t("staff"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page narrow" }, pageHead(t("staff"), add), h("p", { class: "muted" }, t("staffText")), place),
  };
}

function listed({ staff }, again) {
  if (!staff.length) return emptyNote("badge", t("noStaff"), t("noStaffText"));
  return table([t("staffName"), t("faces"), t("leftOut"), t("since_"), ""], staff.map((one) => row(one, again)));
}

function row(one, again) {
  const faces = one.usable_faces === one.faces ? number(one.faces) : t("usableFaces", { usable: number(one.usable_faces), faces: number(one.faces) });
  const changes = api.session.may("administrator");
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, one.name || one.id, one.name && !MADE_ID.test(one.id) && h("span", { class: "muted sub" }, one.id)),
    h("td", {}, faces),
    h("td", {}, number(one.track_count), !one.applied && h("span", { class: "chip" }, t("beingApplied"))),
    h("td", {}, dateTime(one.created_ms)),
    h(
      "td",
      { class: "row-tools" },
      changes && button(t("change"), { class: "small quiet", onclick: () => changeDialog(one, again) }),
      changes && button(t("removeStaff"), { class: "small quiet", iconOnly: true, onclick: () => removeDialog(one, again) }, "trash"),
    ),
  );
}

const pictureField = (props) => field("faces", t("facePictures"), { type: "file", accept: "image/*", multiple: true, hint: t("facePicturesHint"), ...props });

async function encoded(form) {
  const files = [...form.elements.faces.files];
  if (files.length > MOST_PICTURES) throw new Error(t("tooManyPictures", { count: number(MOST_PICTURES) }));
  return Promise.all(files.map(async (file) => base64(await fitting(file))));
}

function addDialog(again) {
  formDialog({
    title: t("addStaff"),
    submit: t("addStaff"),
    fields: [field("name", t("staffName"), { required: true, maxlength: "64" }), pictureField({ required: true })],
    done: async ({ name }, form) => {
      await api.addStaff({ name, pictures: await encoded(form) });
      again();
    },
  });
}

function changeDialog(one, again) {
  formDialog({
    title: one.name || one.id,
    submit: t("save"),
    fields: [field("name", t("staffName"), { required: true, maxlength: "64", value: one.name }), pictureField({})],
    done: async ({ name }, form) => {
      await api.changeStaff(one.id, { name, pictures: await encoded(form) });
      again();
    },
  });
}

function removeDialog(one, again) {
  formDialog({
    title: t("removeUserTitle", { name: one.name || one.id }),
    text: t("removeStaffText"),
    fields: [],
    submit: t("removeStaff"),
    danger: true,
    done: async () => {
      await api.removeStaff(one.id);
      toast(t("staffRemoved"), "good");
      again();
    },
  });
}
