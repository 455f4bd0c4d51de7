// Tables that scroll sideways by themselves where they are wider than the page.

import { h } from "./dom.js";

export function table(heads, rows) {
  return h(
    "div",
    { class: "table-wrap", tabIndex: 0, role: "region", "aria-label": heads[0] },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))), h("tbody", {}, rows)),
  );
}
