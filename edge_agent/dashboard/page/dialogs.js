// Questions that have to be answered before something happens.

import * as api from "./api.js";
import { button, field, h, toast } from "./dom.js";
import { t } from "./i18n.js";

// Opens a dialog with a form; `done` is awaited with its fields, and its refusal shown in place.
export function formDialog({ title, text, fields, submit, danger = false, cancels = true, done }) {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const act = h("button", { type: "submit", class: `button ${danger ? "danger" : "primary"}` }, submit);
  const form = h(
    "form",
    { class: "dialog-form", onsubmit: send },
    h("h2", {}, title),
    text && h("p", { class: "muted" }, text),
    fields,
    wrong,
    h("div", { class: "dialog-foot" }, cancels && button(t("cancel"), { onclick: () => dialog.close() }), act),
  );
  const dialog = h("dialog", { class: "dialog", "aria-label": title }, form);
  dialog.addEventListener("close", () => dialog.remove());

  async function send(event) {
    event.preventDefault();
    act.disabled = true;
    wrong.textContent = "";
    act.classList.add("working");
    try {
      await done(Object.fromEntries(new FormData(form)), form);
      dialog.close();
    } catch (problem) {
      wrong.textContent = problem.message;
    }
    act.disabled = false;
    act.classList.remove("working");
  }

  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function passwordDialog() {
  formDialog({
    title: t("changePassword"),
    submit: t("save"),
    fields: [
      field("password", t("currentPassword"), { type: "password", autocomplete: "current-password", required: true }),
      field("fresh", t("newPassword"), { type: "password", autocomplete: "new-password", required: true, minlength: "10", hint: t("passwordHint") }),
    ],
    done: async ({ password, fresh }) => {
      await api.changePassword(password, fresh);
      toast(t("passwordChanged"), "good");
    },
  });
}
