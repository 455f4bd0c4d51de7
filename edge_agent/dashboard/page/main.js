// Start: who is signed in, and which page the address names.

import * as api from "./api.js";
import { auditView } from "./audit.js";
import { box } from "./box.js";
import { h, say } from "./dom.js";
import { applyLanguage, setTimezone, t } from "./i18n.js";
import { jobView, jobsView } from "./jobs.js";
import { overviewView } from "./overview.js";
import { peopleView } from "./people.js";
import { personView } from "./person.js";
import { watchPictures } from "./question.js";
import { riskTaskView } from "./risk-task.js";
import { riskTasksView } from "./risk-tasks.js";
import { searchView } from "./search.js";
import { applyTheme, drawShell } from "./shell.js";
import { signInView } from "./sign-in.js";
import { systemView } from "./system.js";
import { usersView } from "./users.js";
import { watchListView, watchListsView } from "./watchlists.js";

const ROUTES = [
  [/^\/?$/, () => overviewView(), "viewer"],
  [/^\/people$/, () => peopleView(), "viewer"],
  [/^\/tracks\/([0-9a-f]{32})$/, (id) => personView(id), "viewer"],
  [/^\/search$/, () => searchView(), "investigator"],
  [/^\/jobs$/, () => jobsView(), "investigator"],
  [/^\/jobs\/([0-9a-f]{32})$/, (id) => jobView(id), "investigator"],
  [/^\/risk-tasks$/, () => riskTasksView(), "investigator"],
  [/^\/risk-tasks\/([A-Za-z0-9._-]+)$/, (id) => riskTaskView(id), "investigator"],
  [/^\/watchlists$/, () => watchListsView(), "investigator"],
  [/^\/watchlists\/([A-Za-z0-9._-]+)$/, (id) => watchListView(id), "investigator"],
  [/^\/system$/, () => systemView(), "viewer"],
  [/^\/audit$/, () => auditView(), "administrator"],
  [/^\/users$/, () => usersView(), "administrator"],
];

let leave = null;

// `#token=…`, `#/jobs/<id>?token=…` and `#token=…&/jobs/<id>` all sign in; the token is taken out
// of the address bar at once so that it lands in no history, bookmark or screenshot.
function takeToken() {
  const parts = location.hash.slice(1).split(/[?&]/);
  const given = parts.find((part) => part.startsWith("token="));
  if (!given) return null;
  const route = parts.find((part) => part.startsWith("/")) ?? "";
  history.replaceState(null, "", `${location.pathname}${route ? `#${route}` : ""}`);
  return decodeURIComponent(given.slice("token=".length));
}

function show(view) {
  leave?.();
  leave = view.leave ?? null;
  document.getElementById("main").replaceChildren(view.element);
  document.title = view.title ? `${view.title} · Edge Agent` : "Edge Agent";
}

const note = (words) => ({ element: h("div", { class: "page" }, h("p", { class: "empty" }, t(words))), title: t(words) });

export function render() {
  document.getElementById("skip").textContent = t("skip");
  if (!api.session.open) {
    box.stop();
    drawShell(null, render);
    show(signInView(entered));
    return;
  }
  box.start();
  const path = location.hash.slice(1).split("?")[0];
  drawShell(path, render);
  for (const [pattern, make, role] of ROUTES) {
    const match = pattern.exec(path);
    if (match) {
      show(api.session.may(role) ? make(...match.slice(1)) : note("notAllowed"));
      return;
    }
  }
  show(note("notFound"));
}

function entered() {
  setTimezone(api.session.login.timezone);
  render();
}

async function start() {
  const token = takeToken();
  try {
    if (token) await api.signIn({ token });
    else if (!api.session.open && api.session.hinted) await api.whoAmI();
  } catch {
    if (!api.session.open) api.session.keep(null);
  }
  if (api.session.open) setTimezone(api.session.login.timezone);
  render();
}

const RENEW_MS = 10 * 60_000;
setInterval(() => api.session.open && !document.hidden && api.whoAmI().catch(() => {}), RENEW_MS);

applyTheme();
applyLanguage();
addEventListener("hashchange", async () => {
  if (location.hash.includes("token=")) await start();
  else render();
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
});
addEventListener("signed-out", () => {
  api.session.keep(null);
  render();
  say(t("signedOutNote"));
});
watchPictures();
start();
