// Start: who is signed in, and which page the address names.

import * as api from "./api.js";
import { box } from "./box.js";
import { emptyNote, h, loading, say } from "./dom.js";
import { applyLanguage, setTimezone, t } from "./i18n.js";
import { watchPictures } from "./pictures.js";
import { applyTheme, drawShell } from "./shell.js";

// The address, the module and the function that make its page, and who may see it. A page is
// fetched when somebody goes there for the first time.
const ID = "([0-9a-f]{32})";
const NAME = "([A-Za-z0-9._-]+)";
const ANY = "([^/]+)";
const ROUTES = [
  ["/?", "overview", "overviewView", "viewer"],
  ["/people", "people", "peopleView", "viewer"],
  [`/tracks/${ID}`, "person", "personView", "viewer"],
  ["/search", "search", "searchView", "investigator"],
  ["/jobs", "jobs", "jobsView", "investigator"],
  [`/jobs/${ID}`, "job", "jobView", "investigator"],
  ["/risk-tasks", "risk-tasks", "riskTasksView", "investigator"],
  [`/risk-tasks/${NAME}`, "risk-task", "riskTaskView", "investigator"],
  ["/watchlists", "watchlists", "watchListsView", "investigator"],
  [`/watchlists/${NAME}`, "watchlists", "watchListView", "investigator"],
  ["/things", "images", "instancesView", "viewer"],
  [`/things/${ANY}`, "images", "instanceView", "viewer"],
  ["/copies", "copies", "copiesView", "investigator"],
  [`/copies/${ID}`, "copy", "copyView", "investigator"],
  ["/staff", "staff", "staffView", "investigator"],
  ["/webhooks", "webhooks", "webhooksView", "administrator"],
  ["/system", "system", "systemView", "viewer"],
  ["/audit", "audit", "auditView", "administrator"],
  ["/users", "users", "usersView", "administrator"],
].map(([path, ...rest]) => [new RegExp(`^${path}$`), ...rest]);

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

// The page before is left before the next one is made: both may want dropped pictures.
function show(make) {
  leave?.();
  leave = null;
  const view = make();
  leave = view.leave ?? null;
  document.getElementById("main").replaceChildren(view.element);
  document.title = view.title ? `${view.title} · Edge Agent` : "Edge Agent";
}

const plain = (...content) => () => ({ element: h("div", { class: "page" }, content) });
const note = (words) => plain(h("p", { class: "empty" }, t(words)));

const SLOW_MS = 150;

let turn = 0;

export async function render() {
  turn += 1;
  const mine = turn;
  document.getElementById("skip").textContent = t("skip");
  if (!api.session.open) {
    box.stop();
    drawShell(null, render);
    const { signInView } = await import("./sign-in.js");
    if (mine === turn) show(() => signInView(entered));
    return;
  }
  box.start();
  const path = location.hash.slice(1).split("?")[0];
  drawShell(path, render);
  const [match, route] = matching(path);
  if (!route) show(note("notFound"));
  else if (!api.session.may(route.role)) show(note("notAllowed"));
  else await open(route, match, mine);
}

function matching(path) {
  for (const [pattern, module, view, role] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return [match.slice(1).map(decoded), { module, view, role }];
  }
  return [null, null];
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function open({ module, view }, match, mine) {
  const slow = setTimeout(() => mine === turn && show(plain(loading())), SLOW_MS);
  try {
    const made = await import(`./${module}.js`);
    if (mine === turn) show(() => made[view](...match));
  } catch (problem) {
    if (mine === turn) show(plain(emptyNote("warn", t("problem"), problem.message)));
  } finally {
    clearTimeout(slow);
  }
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
watchPictures(async (pictures) => {
  const { ask } = await import("./asking.js");
  ask({ pictures });
});
start();
