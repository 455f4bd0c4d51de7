// The token is asked for once per browser tab.

import * as api from "./api.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

export function signInView(done) {
  const field = h("input", {
    id: "token",
    name: "token",
    type: "password",
    autocomplete: "current-password",
    spellcheck: "false",
    required: true,
    "aria-describedby": "wrong",
  });
  const wrong = h("p", { id: "wrong", class: "wrong", role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary wide" }, t("signIn"));
  const form = h(
    "form",
    { class: "sign-in card", onsubmit: (event) => enter(event, { field, wrong, submit, done }) },
    h("div", { class: "sign-in-mark" }, icon("lock")),
    h("h1", {}, t("signInTitle")),
    h("p", { class: "muted" }, t("signInText")),
    h("input", { type: "text", name: "username", autocomplete: "username", value: location.host, hidden: true }),
    h("label", { for: "token" }, t("token")),
    field,
    wrong,
    submit,
  );
  queueMicrotask(() => field.focus());
  return { element: form, title: t("signInTitle") };
}

async function enter(event, { field, wrong, submit, done }) {
  event.preventDefault();
  submit.disabled = true;
  const token = field.value.trim();
  try {
    await api.tryToken(token);
    api.session.token = token;
    done();
  } catch (problem) {
    wrong.textContent = problem.status === 401 ? t("wrongToken") : problem.message;
    field.select();
  }
  submit.disabled = false;
}
