// Name and password; or, for whoever set the box up, its token.

import * as api from "./api.js";
import { button, field, h, icon } from "./dom.js";
import { t } from "./i18n.js";

export function signInView(done) {
  const element = h("div", { class: "sign-in-page" });
  const show = (byToken) => element.replaceChildren(form(byToken, done, () => show(!byToken)));
  show(false);
  return { element, title: t("signInTitle") };
}

function form(byToken, done, other) {
  const wrong = h("p", { id: "wrong", class: "wrong", role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary wide" }, t("signIn"));
  const made = h(
    "form",
    { class: "sign-in card", onsubmit: (event) => enter(event, { byToken, wrong, submit, done }) },
    h("div", { class: "sign-in-mark" }, icon("lock")),
    h("h1", {}, t("signInTitle")),
    h("p", { class: "muted" }, t(byToken ? "signInText" : "signInUser")),
    byToken
      ? field("token", t("token"), { type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "wrong" })
      : [
          field("name", t("name"), { autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true }),
          field("password", t("password"), { type: "password", autocomplete: "current-password", required: true, "aria-describedby": "wrong" }),
        ],
    wrong,
    submit,
    button(t(byToken ? "withPassword" : "withToken"), { class: "quiet wide", onclick: other }),
  );
  queueMicrotask(() => made.querySelector("input").focus());
  return made;
}

async function enter(event, { byToken, wrong, submit, done }) {
  event.preventDefault();
  submit.disabled = true;
  const given = Object.fromEntries(new FormData(event.target));
  try {
    await api.signIn(byToken ? { token: given.token.trim() } : given);
    done();
  } catch (problem) {
    wrong.textContent = problem.status === 401 ? t(byToken ? "wrongToken" : "wrongPassword") : problem.message;
    event.target.querySelector("input[type=password]").select();
  }
  submit.disabled = false;
}
