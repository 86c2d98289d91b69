// Tokens and reward periods.

import { h, s } from "./dom.js";
import { bct, count, date, short, span } from "./format.js";
import { figures, validatorLink } from "./parts.js";

export async function view({ api, chain }) {
  const all = await api("supply");
  return {
    title: "Supply",
    key: "supply",
    content: [
      h("h1", { tabindex: -1 }, "Supply and reward periods"),
      h("p", { class: "lead" }, "BCT is minted by the reward rule alone: a fixed amount for each period, shared by credited build time. Slashed stakes and what is left of fees are burned."),
      figures([
        ["Supply", [bct(all.supply), h("span", { class: "unit" }, " BCT")], "at block " + count(all.block), all.supply + " BCT"],
        ["First distribution", [bct(all.first), h("span", { class: "unit" }, " BCT")], "at the beginning"],
        ["Minted", [bct(all.minted), h("span", { class: "unit" }, " BCT")], "as rewards"],
        ["Burned", [bct(all.burned), h("span", { class: "unit" }, " BCT")], "fees and stakes"],
      ]),
      curve(all),
      h("h2", {}, "Periods"),
      h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Period"), h("th", { scope: "col", class: "n" }, "Mints at most"),
          h("th", { scope: "col", class: "n" }, "Build time credited"), h("th", { scope: "col" }, "Collected so far"))),
        h("tbody", {}, all.periods.map(p => h("tr", {},
          h("th", { scope: "row" }, p.running ? "Runs now" : "until " + date(p.to).slice(0, 16),
            h("span", { class: "under" }, p.running ? `${span(p.to - chain.time)} left of ${span(p.to - p.from)}` : `number ${p.number}`)),
          h("td", { class: "n" }, bct(p.amount), h("span", { class: "unit" }, " BCT")),
          h("td", { class: "n" }, p.credited ? span(p.credited) : h("span", { class: "soft" }, "none")),
          h("td", {}, taken(p))))))),
    ],
    said: "Supply shown",
  };
}

function taken(p) {
  if (!p.taken.length) {
    return h("span", { class: "soft" }, p.running ? "when it has ended" : p.credited ? "nothing yet" : "nothing to collect: it minted nothing");
  }
  const most = [...p.taken].sort((a, b) => b.amount - a.amount);
  return [most.slice(0, 4).map((t, i) => [i ? ", " : "", validatorLink(t.validator), " " + bct(t.amount)]), most.length > 4 && ` and ${most.length - 4} more`];
}

/** The supply by blocks, as steps. */
function curve(all) {
  const points = all.points.map(([block, supply]) => [block, Number(supply)]);
  if (points.length < 2) return null;
  const width = 1100, height = 190, left = 96, right = width - 8, top = 12, bottom = height - 26;
  const supplies = points.map(p => p[1]);
  const low = Math.min(...supplies), high = Math.max(...supplies);
  const pad = (high - low || 1) * .12;
  const first = points[0][0], last = Math.max(all.block, points[points.length - 1][0]);
  const x = b => left + (right - left) * (b - first) / Math.max(1, last - first);
  const y = v => bottom - (bottom - top) * (v - low + pad) / (high - low + 2 * pad);
  let path = `M${x(first).toFixed(1)} ${y(points[0][1]).toFixed(1)}`;
  for (const [b, v] of points.slice(1)) path += `H${x(b).toFixed(1)}V${y(v).toFixed(1)}`;
  path += `H${right}`;
  const lines = [...new Set([low, high])];
  return h("div", { class: "panel" }, s("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "curve-title" },
    s("title", { id: "curve-title" }, `Supply from block ${first} to ${last}: between ${bct(low)} and ${bct(high)} BCT`),
    s("path", { class: "area", d: `${path}V${bottom}H${left}Z` }),
    lines.map(v => [s("path", { class: "grid", d: `M${left} ${y(v)}H${right}` }), s("text", { x: left - 10, y: y(v) + 4, "text-anchor": "end" }, bct(v))]),
    s("path", { class: "curve", d: path }),
    s("text", { x: left, y: height - 6 }, "block " + count(first)), s("text", { x: right, y: height - 6, "text-anchor": "end" }, count(last))));
}
