// Hosts that are told what happens: how they take it, a test, adding and removing them.

import * as api from "./api.js";
import { formDialog } from "./dialogs.js";
import { button, emptyNote, field, fillWith, h, pageHead, toast } from "./dom.js";
import { dateTime, number, t, time } from "./i18n.js";
import { table } from "./table.js";

const EVENTS = [
  "track.ended", "action", "order.tied", "session.updated", "fragment.closed", "watchlist.hit", "job.finished",
  "camera.up", "camera.down", "camera.frozen", "camera.fault", "camera.cleared", "box.alarm",
];
const EVERY_MS = 5000;

export function webhooksView() {
  const stopped = new AbortController();
  const place = h("div", {});
  const load = async () => listed(await api.webhooks(stopped.signal), again);
  const again = () => fillWith(place, load);
  const turn = async () => {
    while (!stopped.signal.aborted) {
      // Who uses the table is not disturbed.
      if (!document.hidden && !place.contains(document.activeElement)) await again();
      await new Promise((wake) => setTimeout(wake, EVERY_MS));
    }
  };
  turn();
  return {
    title: t("webhooks"),
    leave: () => stopped.abort(),
    element: h(
      "div",
      { class: "page" },
      pageHead(t("webhooks"), button(t("addWebhook"), { class: "primary", onclick: () => addDialog(again) }, "plus")),
      h("p", { class: "muted" }, t("webhooksText")),
      place,
    ),
  };
}

function listed({ webhooks }, again) {
  if (!webhooks.length) return emptyNote("bell", t("noWebhooks"), t("noWebhooksText"));
  return table([t("webhook"), t("sentEvents"), t("state"), t("waitingEvents"), ""], webhooks.map((one) => row(one, again)));
}

function row(one, again) {
  const written = one.added_ms === null;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, one.name, h("span", { class: "muted sub" }, one.address), h("span", { class: "muted sub" }, written ? t("ofConfiguration") : dateTime(one.added_ms))),
    h("td", {}, one.events.length ? h("div", { class: "chips" }, one.events.map((kind) => h("span", { class: "chip" }, kind))) : t("allEvents")),
    h("td", {}, state(one)),
    h("td", {}, number(one.waiting)),
    h(
      "td",
      { class: "row-tools" },
      button(t("test"), { class: "small quiet", onclick: (event) => test(one, event.currentTarget, again) }),
      !written && button(t("removeWebhook"), { class: "small quiet", iconOnly: true, onclick: () => removeDialog(one, again) }, "trash"),
    ),
  );
}

function state(one) {
  if (one.failures > 0) {
    return h("span", {}, h("span", { class: "chip inline", data: { state: "failed" } }, t("failing", { count: number(one.failures) })), h("span", { class: "muted sub" }, one.problem));
  }
  if (one.taken_ms) return h("span", { class: "chip inline", data: { state: "succeeded" } }, t("tookLast", { time: time(one.taken_ms) }));
  return h("span", { class: "muted" }, t("nothingSent"));
}

async function test(one, pressed, again) {
  pressed.disabled = true;
  try {
    const tried = await api.testWebhook(one.name);
    toast(tried.taken ? t("testTaken", { name: one.name, status: tried.status }) : `${one.name}: ${tried.problem}`, tried.taken ? "good" : "error");
  } catch (problem) {
    toast(problem.message);
  }
  again();
}

function addDialog(again) {
  const tick = (kind) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: "event", value: kind }), kind);
  formDialog({
    title: t("addWebhook"),
    submit: t("addWebhook"),
    fields: [
      field("name", t("taskName"), { required: true, maxlength: "64", pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}", hint: t("taskNameHint") }),
      field("url", t("address"), { type: "url", required: true, maxlength: "2000", placeholder: "https://desk.example/hooks/store" }),
      h("fieldset", { class: "ticks-of" }, h("legend", {}, t("sentEvents")), EVENTS.map(tick), h("p", { class: "hint whole-row" }, t("noneIsAll"))),
      h(
        "details",
        {},
        h("summary", {}, t("inOwnNetwork")),
        h(
          "div",
          { class: "filter-fields" },
          field("networks", t("allowedNetworks"), { placeholder: "192.168.7.0/24", hint: t("allowedNetworksHint") }),
          h("div", { class: "field" }, h("label", { for: "field-ca" }, t("certificate")), h("textarea", { id: "field-ca", name: "ca_pem", rows: 3, placeholder: "-----BEGIN CERTIFICATE-----" })),
          h("label", { class: "tick" }, h("input", { type: "checkbox", name: "plain", value: "yes" }), t("plainHttp")),
        ),
      ),
    ],
    done: async ({ name, url, networks, ca_pem, plain }, form) => {
      const events = [...form.querySelectorAll("[name=event]:checked")].map((one) => one.value);
      const listedNetworks = networks.split(/[\s,]+/).filter(Boolean);
      const made = await api.addWebhook({ name, url, events, networks: listedNetworks, ca_pem, plain: Boolean(plain) });
      again();
      secretDialog(made);
    },
  });
}

function secretDialog({ name, secret }) {
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    toast(t("copied"), "good");
  };
  formDialog({
    title: t("secretOf", { name }),
    text: t("secretText"),
    submit: t("kept"),
    cancels: false,
    fields: [h("code", { class: "secret" }, secret), button(t("copy"), { onclick: copy })],
    done: async () => {},
  });
}

function removeDialog(one, again) {
  formDialog({
    title: t("removeUserTitle", { name: one.name }),
    text: t("removeWebhookText"),
    fields: [],
    submit: t("removeWebhook"),
    danger: true,
    done: async () => {
      await api.removeWebhook(one.name);
      again();
    },
  });
}
