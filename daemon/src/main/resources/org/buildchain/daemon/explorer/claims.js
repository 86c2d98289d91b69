// The list of claims.

import { h } from "./dom.js";
import { bct, count, phase, plural, short, span } from "./format.js";
import { lifeLine } from "./life.js";
import { figures, pager, phaseMark, state, when } from "./parts.js";

const SIZE = 50;
const GROUPS = [["", "All"], ["open", "Open"], ["valid", "Valid"], ["disputed", "Disputed"],
  ["unreproducible", "Not reproducible"], ["refuted", "Refuted"], ["abandoned", "Abandoned"]];

const address = (group, q, offset) => {
  const p = new URLSearchParams();
  if (group) p.set("phase", group);
  if (q) p.set("q", q);
  if (offset) p.set("offset", offset);
  const text = p.toString();
  return "#/claims" + (text ? "?" + text : "");
};

export async function view({ api, query, chain }) {
  const group = query.get("phase") || "", q = query.get("q") || "", offset = Number(query.get("offset")) || 0;
  const found = await api("claims?" + new URLSearchParams({ phase: group, q, offset, limit: SIZE }));
  const groups = chain.groups || {};
  return {
    title: "Claims",
    key: "claims",
    content: [
      h("h1", { class: "unseen", tabindex: -1 }, "Claims"),
      overview(chain),
      h("div", { class: "tools" },
        h("div", { class: "search" },
          h("label", { class: "unseen", for: "q" }, "Search claims"),
          h("input", { id: "q", type: "search", value: q, placeholder: "Name, CID, claim or account", autocomplete: "off", spellcheck: "false", "data-search": "claims" })),
        h("ul", { class: "groups", "aria-label": "Claims by phase" }, GROUPS
          .filter(([name]) => !name || groups[name] || name === group)
          .map(([name, label]) => h("li", {}, h("a", { href: address(name, q, 0), "aria-current": name === group ? "true" : null },
            label, h("span", {}, count(name ? groups[name] || 0 : chain.claims || 0))))))),
      found.items.length ? table(found.items, chain) : nothing(found.all, q, group),
      pager(offset, found.items.length, found.total, SIZE, at => address(group, q, at)),
    ],
    said: plural(found.total, "claim"),
  };
}

function overview(chain) {
  const groups = chain.groups || {}, ended = ["valid", "refuted", "unreproducible", "abandoned"].reduce((n, g) => n + (groups[g] || 0), 0);
  const valid = groups.valid || 0;
  const period = chain.period;
  return figures([
    ["Claims", count(chain.claims || 0), ended ? `${count(valid)} of ${count(ended)} ended are valid` : "none has ended yet"],
    ["Open", count(groups.open || 0), groups.disputed ? plural(groups.disputed, "dispute") + " before a jury" : "no dispute"],
    ["Validators", count(chain.validators.available), `available, of ${count(chain.validators.all)}`],
    chain.supply && ["Supply", [bct(chain.supply.supply), h("span", { class: "unit" }, " BCT")], `${bct(chain.supply.minted)} minted, ${bct(chain.supply.burned)} burned`],
    period && ["Reward period", span(Math.max(0, period.to - chain.time)), `left, then ${bct(period.amount)} BCT for ${span(period.credited)} of builds`],
  ].filter(Boolean));
}

/** Claims as rows; also used for what a validator did. */
export function table(items, chain) {
  return h("div", { class: "scroll" }, h("table", { class: "rows fold", role: "table" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      h("th", { scope: "col", role: "columnheader" }, "Derivation"), h("th", { scope: "col", role: "columnheader" }, "Phase"),
      h("th", { scope: "col", role: "columnheader" }, "Life"),
      h("th", { scope: "col", role: "columnheader", class: "n wide" }, "Agree"),
      h("th", { scope: "col", role: "columnheader", class: "wide" }, "Publisher"),
      h("th", { scope: "col", role: "columnheader", class: "n" }, "Published"))),
    h("tbody", { role: "rowgroup" }, items.map(c => h("tr", { role: "row" },
      h("th", { scope: "row", role: "rowheader", class: "first" },
        h("a", { class: "row", href: "#/claim/" + c.id, "data-key": c.id }, c.name || h("span", { class: "mono" }, short(c.derivation))),
        h("span", { class: "under", title: c.id }, "claim ", h("span", { class: "mono" }, short(c.id)))),
      h("td", { role: "cell", class: "stand" }, phaseMark(c.phase, c.group)),
      h("td", { role: "cell", class: "picture" }, lifeLine(c.life, c.group)),
      h("td", { role: "cell", class: "n wide", title: `${c.agreeing} of ${c.reports} validators drawn reported what the publisher claims` }, agreement(c)),
      h("td", { role: "cell", class: "wide mono soft nowrap", title: c.publisher }, short(c.publisher)),
      h("td", { role: "cell", class: "n soft at" }, when(c.time, chain.time)))))));
}

const agreement = c => (c.reports ? [c.agreeing, h("span", { class: "soft" }, " / " + c.reports)] : h("span", { class: "soft" }, "–"));

function nothing(all, q, group) {
  if (!all) {
    return state("No claim has been made on this chain", "A claim says what a derivation's outputs are; validators rebuild it unseen. Make the first:",
      "bc wallet new\nbc serve &\nbc validator run &\nbc claim ./default.nix -A app");
  }
  if (q) return state("Nothing matches", `No claim${group ? " of this phase" : ""} has “${q}” in its name or at the beginning of its id, CIDs or accounts.`);
  return state("None at the moment", `No claim is in the phase “${phase(group).toLowerCase()}”.`);
}
