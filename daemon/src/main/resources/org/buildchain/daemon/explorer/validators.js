// Validators: all, and one.

import { h, s } from "./dom.js";
import { bct, count, plural, short, span } from "./format.js";
import { table } from "./claims.js";
import { facts, figures, pager, state, whole } from "./parts.js";

const SIZE = 50;
const CLAIMS = 25;
const WHAT = "Efficiency is a validator's reported build time over the mean of those that built the same, averaged: 1 is average, less is faster. Rewards go by the mean, so delaying earns nothing.";

export async function list({ api, query }) {
  const q = query.get("q") || "", offset = Number(query.get("offset")) || 0;
  const found = await api("validators?" + new URLSearchParams({ q, offset, limit: SIZE }));
  const address = at => "#/validators" + (q || at ? "?" + new URLSearchParams({ ...(q && { q }), ...(at && { offset: at }) }) : "");
  return {
    title: "Validators",
    key: "validators",
    content: [
      h("h1", { tabindex: -1 }, "Validators"),
      h("p", { class: "lead" }, WHAT),
      found.all > 0 && h("div", { class: "tools" }, h("div", { class: "search" },
        h("label", { class: "unseen", for: "q" }, "Search validators"),
        h("input", { id: "q", type: "search", value: q, placeholder: "Account or operator", autocomplete: "off", spellcheck: "false", "data-search": "validators" }))),
      found.items.length ? rows(found.items)
        : found.all ? state("Nothing matches", `No validator's account or operator begins with “${q}”.`)
          : state("Nobody validates yet", "A validator stakes, waits to be drawn, rebuilds and is rewarded:", "bc wallet new\nbc validator run"),
      pager(offset, found.items.length, found.total, SIZE, address),
    ],
    said: plural(found.total, "validator"),
  };
}

function rows(items) {
  const head = [["Validator"], ["Stake", "n"], ["Served", "n wide"], ["Agreed", "n"], ["Missed", "n wide"], ["Slashed", "n wide"],
    ["Efficiency", "wide"], ["Credited", "n wide"], ["Rewards", "n"]];
  return h("div", { class: "scroll" }, h("table", { class: "rows" },
    h("thead", {}, h("tr", {}, head.map(([name, c]) => h("th", { scope: "col", class: c }, name)))),
    h("tbody", {}, items.map(v => h("tr", {},
      h("th", { scope: "row" }, h("a", { class: "row mono nowrap", href: "#/validator/" + v.validator, title: v.validator, "data-key": v.validator }, short(v.validator)),
        h("span", { class: "under" }, status(v))),
      h("td", { class: "n", title: v.stake + " BCT" }, bct(v.stake)),
      h("td", { class: "n wide" }, count(v.services)),
      h("td", { class: "n" }, count(v.agreeing)),
      h("td", { class: "n wide" + (v.missed ? "" : " soft") }, count(v.missed)),
      h("td", { class: "n wide" + (v.slashed ? " other" : " soft") }, count(v.slashed)),
      h("td", { class: "wide" }, meter(v.efficiency)),
      h("td", { class: "n wide" }, v.credited ? span(v.credited) : h("span", { class: "soft" }, "–")),
      h("td", { class: "n", title: v.rewards + " BCT" }, Number(v.rewards) ? bct(v.rewards) : h("span", { class: "soft" }, "–")))))));
}

const status = v => (v.left ? "left" : !v.available ? "paused" : v.open ? "serves " + plural(v.open, "claim") : "available");

/** A figure about 1, and where it stands between 0 and 2. */
function meter(value) {
  if (value === undefined) return h("span", { class: "soft" }, "–");
  const x = Math.min(2, value) * 45;
  return h("span", { class: "nowrap" }, s("svg", { class: "meter", viewBox: "0 0 104 17", role: "img", "aria-label": value.toFixed(2) },
    s("path", { d: "M1 8.5H91", class: "base" }), s("path", { d: `M46 8.5H${x + 1}`, class: "val" }), s("path", { d: "M46 3v11", class: "mid" }),
    s("circle", { cx: x + 1, cy: 8.5, r: 3.2, class: "dot p-open" })), h("span", { class: "under" }, value.toFixed(2)));
}

export async function one({ api, name, query, chain }) {
  const offset = Number(query.get("offset")) || 0;
  const v = await api("validators/" + name);
  const found = await api("claims?" + new URLSearchParams({ q: v.validator.toLowerCase(), offset, limit: CLAIMS }));
  return {
    title: "Validator " + short(v.validator),
    key: "validators",
    content: [
      h("p", { class: "crumb" }, h("a", { href: "#/validators" }, "Validators"), " /"),
      h("h1", { tabindex: -1, class: "mono" }, v.validator),
      h("p", { class: "lead" }, status(v)[0].toUpperCase() + status(v).slice(1)),
      figures([
        ["Stake", [bct(v.stake), h("span", { class: "unit" }, " BCT")], Number(v.lost) ? `${bct(v.lost)} BCT lost` : "nothing lost"],
        ["Served", count(v.services), `${count(v.agreeing)} agreed, ${count(v.missed)} missed, ${count(v.slashed)} slashed`],
        ["Efficiency", v.efficiency === undefined ? "–" : v.efficiency.toFixed(2), "1 is average, less is faster"],
        ["Build time credited", v.credited ? span(v.credited) : "–", "in valid claims"],
        ["Rewards", [bct(v.rewards), h("span", { class: "unit" }, " BCT")], "collected"],
      ]),
      facts([["Account", whole(v.validator)], ["Operator", whole(v.operator)]]),
      h("h2", {}, "Claims it has a part in"),
      found.items.length ? table(found.items, chain) : h("p", { class: "soft" }, "It has not been drawn yet."),
      pager(offset, found.items.length, found.total, CLAIMS, at => `#/validator/${v.validator}${at ? "?offset=" + at : ""}`),
    ],
    said: "Validator shown",
  };
}
