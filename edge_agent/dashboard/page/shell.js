// What stands around every page: where one can go, who is signed in, language, theme.

import * as api from "./api.js";
import { box } from "./box.js";
import { passwordDialog } from "./dialogs.js";
import { button, h, icon } from "./dom.js";
import { switchLanguage, t } from "./i18n.js";

const THEME = "edge-agent-theme";

const GROUPS = [
  ["groupLook", [
    ["#/", "overview", "home", "viewer", /^\/?$/],
    ["#/people", "people", "person", "viewer", /^\/(people|tracks)/],
  ]],
  ["groupInvestigate", [
    ["#/search", "searchPage", "search", "investigator", /^\/search/],
    ["#/jobs", "searches", "clock", "investigator", /^\/jobs/],
    ["#/risk-tasks", "risk", "folder", "investigator", /^\/risk-tasks/],
    ["#/watchlists", "watch", "eye", "investigator", /^\/watchlists/],
    ["#/copies", "copies", "wave", "investigator", /^\/copies/],
    ["#/things", "things", "grid", "viewer", /^\/things/],
  ]],
  ["groupManage", [
    ["#/staff", "staff", "badge", "investigator", /^\/staff/],
    ["#/webhooks", "webhooks", "bell", "administrator", /^\/webhooks/],
    ["#/system", "system", "pulse", "viewer", /^\/system/],
    ["#/audit", "audit", "scroll", "administrator", /^\/audit/],
    ["#/users", "users", "people", "administrator", /^\/users/],
  ]],
];

export function drawShell(path, render) {
  const top = document.getElementById("top");
  document.body.classList.toggle("signed-in", path !== null);
  const brand = h(
    "a",
    { href: "#/", class: "brand" },
    h("img", { src: new URL("./icon.svg", import.meta.url).pathname, alt: "", width: 30, height: 30 }),
    h("span", { class: "brand-name" }, "Edge Agent"),
    h("span", { class: "brand-store", id: "store" }, box.name()),
  );
  const tools = h(
    "div",
    { class: "tools" },
    path !== null && box.pill(),
    button(t("language"), { class: "quiet", title: t("languageLabel"), onclick: () => (switchLanguage(), render()) }),
    button(t("theme"), { class: "quiet", iconOnly: true, onclick: () => changeTheme(path, render) }, isDark() ? "sun" : "moon"),
    path !== null && account(),
    path !== null && button(t("signOut"), { class: "quiet", iconOnly: true, onclick: () => leave(render) }, "lock"),
  );
  top.replaceChildren(brand, h("span", { class: "grow" }), tools);
  document.getElementById("nav").replaceChildren(...(path === null ? [] : [navigation(path)]));
}

function navigation(path) {
  const link = ([address, name, picture, role, here]) =>
    api.session.may(role) &&
    h("a", { href: address, class: "place", "aria-current": here.test(path) ? "page" : null }, icon(picture), h("span", {}, t(name)));
  const group = ([name, places]) => {
    const links = places.map(link).filter(Boolean);
    return links.length > 0 && [h("p", { class: "places-of" }, t(name)), links];
  };
  const menu = h("nav", { class: "places", "aria-label": t("navigation") }, GROUPS.map(group).flat(3));
  const many = menu.querySelectorAll("a").length > 5;
  menu.classList.toggle("many", many);
  if (many) menu.append(moreButton(menu));
  return menu;
}

// On a phone the first places stand at the bottom; the others open above them.
function moreButton(menu) {
  const open = (wanted) => {
    menu.classList.toggle("all", wanted);
    more.setAttribute("aria-expanded", String(wanted));
  };
  const more = h(
    "button",
    { type: "button", class: "place more-places", "aria-expanded": "false", onclick: () => open(!menu.classList.contains("all")) },
    icon("dots"),
    h("span", {}, t("moreMenu")),
  );
  menu.addEventListener("click", (event) => event.target.closest("a") && open(false));
  menu.addEventListener("keydown", (event) => event.key === "Escape" && (open(false), more.focus()));
  return more;
}

function account() {
  const { name, role } = api.session.login;
  const words = h("span", { class: "account-name" }, name || t("tokenHolder"), h("span", { class: "muted" }, t(role)));
  if (!name) return h("span", { class: "account" }, words);
  return h("button", { type: "button", class: "account button quiet", title: t("changePassword"), onclick: passwordDialog }, words);
}

async function leave(render) {
  await api.signOut().catch(() => {});
  render();
}

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";

function changeTheme(path, render) {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(THEME, theme);
  drawShell(path, render);
}

export function applyTheme() {
  const theme = localStorage.getItem(THEME);
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}
