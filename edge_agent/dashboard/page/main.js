// Start, routes, header.

import * as api from "./api.js";
import { button, h, say } from "./dom.js";
import { applyLanguage, switchLanguage, t } from "./i18n.js";
import { jobView, jobsView } from "./jobs.js";
import { liveView } from "./live.js";
import { watchPictures } from "./question.js";
import { signInView } from "./sign-in.js";
import { box } from "./box.js";
import { trackView } from "./track.js";

const THEME = "edge-agent-theme";

const ROUTES = [
  [/^\/?$/, () => liveView()],
  [/^\/jobs$/, () => jobsView()],
  [/^\/jobs\/([0-9a-f]{32})$/, (id) => jobView(id)],
  [/^\/tracks\/([0-9a-f]{32})$/, (id) => trackView(id)],
];

let leave = null;

// `#token=…`, `#/jobs/<id>?token=…` and `#token=…&/jobs/<id>` all sign in; the token is taken out
// of the address bar at once so that it lands in no history, bookmark or screenshot.
function takeToken() {
  const parts = location.hash.slice(1).split(/[?&]/);
  const given = parts.find((part) => part.startsWith("token="));
  if (!given) return;
  api.session.token = decodeURIComponent(given.slice("token=".length));
  const route = parts.find((part) => part.startsWith("/")) ?? "";
  history.replaceState(null, "", `${location.pathname}${route ? `#${route}` : ""}`);
}

function show(view) {
  leave?.();
  leave = view.leave ?? null;
  const main = document.getElementById("main");
  main.replaceChildren(view.element);
  document.title = view.title ? `${view.title} · Edge Agent` : "Edge Agent";
}

function render() {
  takeToken();
  document.getElementById("skip").textContent = t("skip");
  if (!api.session.token) {
    box.stop();
    header(null);
    show(signInView(render));
    return;
  }
  box.start();
  const path = location.hash.slice(1);
  header(path);
  for (const [pattern, make] of ROUTES) {
    const match = pattern.exec(path);
    if (match) {
      show(make(...match.slice(1)));
      return;
    }
  }
  show({ element: h("p", { class: "empty" }, t("notFound")) });
}

function header(path) {
  const link = (address, name, current) =>
    h("a", { href: address, class: "tab", "aria-current": current ? "page" : null }, t(name));
  const brand = h(
    "a",
    { href: "#/", class: "brand" },
    h("img", { src: "/dashboard/icon.svg", alt: "", width: 30, height: 30 }),
    h("span", { class: "brand-name" }, "Edge Agent"),
    h("span", { class: "brand-store", id: "store" }, box.name()),
  );
  const tools = [
    button(t("language"), { class: "quiet", "aria-label": t("languageLabel"), onclick: changeLanguage }),
    button(t("theme"), { class: "quiet", iconOnly: true, onclick: changeTheme }, isDark() ? "sun" : "moon"),
    path !== null && button(t("signOut"), { class: "quiet", iconOnly: true, onclick: signOut }, "lock"),
  ];
  document.getElementById("top").replaceChildren(
    brand,
    path === null
      ? h("span", { class: "grow" })
      : h(
          "nav",
          { class: "tabs grow" },
          link("#/", "live", path === "" || path === "/"),
          link("#/jobs", "searches", path.startsWith("/jobs")),
        ),
    path === null ? "" : box.pill(),
    h("div", { class: "tools" }, tools),
  );
}

function changeLanguage() {
  switchLanguage();
  render();
  say(t("live"));
}

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";

function changeTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(THEME, theme);
  header(api.session.token ? location.hash.slice(1) : null);
}

function signOut() {
  api.session.token = null;
  render();
}

const theme = localStorage.getItem(THEME);
if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
applyLanguage();
addEventListener("hashchange", () => {
  render();
  document.getElementById("main").focus({ preventScroll: true });
  scrollTo(0, 0);
});
addEventListener("signed-out", () => {
  if (!api.session.token) return;
  api.session.token = null;
  render();
  say(t("wrongToken"));
});
watchPictures();
render();
