// Who may sign in, and as what.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { button, emptyNote, field, fillWith, h, pageHead, toast } from "./dom.js";
import { dateTime, t } from "./i18n.js";
import { table } from "./table.js";

const ROLES = ["viewer", "investigator", "administrator"];

export function usersView() {
  const stopped = new AbortController();
  const place = h("div", {});
  const load = async () => listed(await api.users(stopped.signal), again);
  const again = () => fillWith(place, load);
  again();
  return {
    title: t("users"),
    leave: () => stopped.abort(),
    element: h("div", { class: "page narrow" }, pageHead(t("users"), button(t("addUser"), { class: "primary", onclick: () => addDialog(again) }, "plus")), place),
  };
}

function listed({ users }, again) {
  if (!users.length) return emptyNote("people", t("noUsers"));
  return table([t("name"), t("role"), t("lastSignedIn"), ""], users.map((user) => row(user, again)));
}

function row(user, again) {
  const change = async (event) => {
    try {
      await api.changeUser(user.name, { role: event.target.value });
    } catch (problem) {
      toast(problem.message);
    }
    again();
  };
  const own = user.name === api.session.login.name;
  const role = h("select", { "aria-label": `${t("role")}: ${user.name}`, disabled: own, onchange: change }, ROLES.map((one) => h("option", { value: one, ...(one === user.role ? { selected: true } : {}) }, t(one))));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, user.name),
    h("td", {}, role),
    h("td", {}, user.signed_in_ms ? dateTime(user.signed_in_ms) : t("never")),
    h(
      "td",
      { class: "row-tools" },
      button(t("newPassword"), { class: "small quiet", onclick: () => passwordDialog(user) }),
      !own && button(t("removeUser"), { class: "small quiet", iconOnly: true, onclick: () => removeDialog(user, again) }, "trash"),
    ),
  );
}

const passwordField = () => field("password", t("newPassword"), { type: "password", autocomplete: "new-password", required: true, minlength: "10", hint: t("passwordHint") });

function addDialog(again) {
  formDialog({
    title: t("addUser"),
    submit: t("addUser"),
    fields: [
      field("name", t("name"), { required: true, autocomplete: "off", maxlength: "64" }),
      field("role", t("role"), { options: ROLES.map((one) => [one, t(one)]) }),
      passwordField(),
    ],
    done: async (given) => {
      await api.addUser(given);
      again();
    },
  });
}

function passwordDialog(user) {
  formDialog({
    title: `${t("newPassword")}: ${user.name}`,
    submit: t("save"),
    fields: [passwordField()],
    done: async ({ password }) => {
      await api.changeUser(user.name, { password });
    },
  });
}

function removeDialog(user, again) {
  formDialog({
    title: t("removeUserTitle", { name: user.name }),
    text: t("removeUserText"),
    fields: [],
    submit: t("removeUser"),
    danger: true,
    done: async () => {
      await api.removeUser(user.name);
      again();
    },
  });
}
