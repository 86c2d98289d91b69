// Disputes: all, and one with its market, jury and evidence.

import { h, s } from "./dom.js";
import { bct, count, date, outcome, outcomes, percent, plural, short, span, verdict } from "./format.js";
import { claimLink, facts, pager, state, validatorLink, when, whole } from "./parts.js";

const SIZE = 50;
const WHAT = "Where a validator rebuilt another output than the one that is claimed, a jury of further validators judges why. A market prices its answer meanwhile.";

export async function list({ api, query, chain }) {
  const offset = Number(query.get("offset")) || 0;
  const found = await api("disputes?" + new URLSearchParams({ offset, limit: SIZE }));
  return {
    title: "Disputes",
    key: "disputes",
    content: [
      h("h1", { tabindex: -1 }, "Disputes"),
      h("p", { class: "lead" }, WHAT),
      found.items.length ? rows(found.items, chain)
        : state("No dispute so far", "Every validator that revealed has rebuilt what was claimed, bit for bit."),
      pager(offset, found.items.length, found.total, SIZE, at => "#/disputes" + (at ? "?offset=" + at : "")),
    ],
    said: plural(found.total, "dispute"),
  };
}

function rows(items, chain) {
  const head = [["Derivation"], ["Verdict"], ["Market says", "wide"], ["Jury", "n wide"], ["Evidence", "n wide"], ["Began", "n"]];
  return h("div", { class: "scroll" }, h("table", { class: "rows" },
    h("thead", {}, h("tr", {}, head.map(([name, c]) => h("th", { scope: "col", class: c }, name)))),
    h("tbody", {}, items.map(d => h("tr", {},
      h("th", { scope: "row" }, h("a", { class: "row", href: "#/dispute/" + d.id, "data-key": d.id }, d.name || h("span", { class: "mono" }, short(d.derivation))),
        h("span", { class: "under" }, "validation " + (d.report + 1) + " of claim ", h("span", { class: "mono" }, short(d.claim)))),
      h("td", {}, d.verdict ? outcome(d.verdict) : h("span", { class: "phase p-disputed" }, "Jury judges")),
      h("td", { class: "wide" }, d.market ? leader(d.market) : h("span", { class: "soft" }, "no market")),
      h("td", { class: "n wide" }, count(d.seats)),
      h("td", { class: "n wide" }, count(d.evidence)),
      h("td", { class: "n soft" }, when(d.time, chain.time)))))));
}

function leader(market) {
  const best = market.prices.indexOf(Math.max(...market.prices));
  return `${outcome(outcomes[best]).toLowerCase()} ${percent(market.prices[best])}`;
}

export async function one({ api, name, chain }) {
  const d = await api("disputes/" + name);
  const left = d.deadline - chain.time;
  return {
    title: "Dispute about " + (d.name || short(d.derivation)),
    key: "disputes",
    content: [
      h("p", { class: "crumb" }, h("a", { href: "#/disputes" }, "Disputes"), " / ", h("span", { class: "mono" }, short(d.id))),
      h("h1", { tabindex: -1 }, "Why does ", d.name || h("span", { class: "mono" }, short(d.derivation)), " come out otherwise?"),
      h("p", { class: "lead" }, d.verdict ? `Verdict: ${verdict(d.verdict)}.`
        : left > 0 ? `The jury has ${span(left)} more; no answer counts as not deterministic.` : "The time is over: anybody can move the claim on."),
      h("h2", {}, "What the market says"),
      d.market ? market(d) : !d.verdict ? state("Nobody has opened a market", "The validator that disagrees opens one with its evidence; anybody can:", `bc market open ${d.id.slice(0, 12)}`) : h("p", { class: "soft" }, "Nobody opened a market before the jury answered."),
      h("h2", {}, "Evidence"),
      d.attached.length ? d.attached.map(e => evidence(e, d)) : h("p", { class: "soft" }, "None is attached."),
      h("h2", {}, "Jury"),
      d.jury.length ? jury(d, chain) : h("p", { class: "soft" }, d.verdict ? "No jury could be seated: too few validators." : "The jury is about to be drawn."),
      facts([
        ["Dispute", whole(d.id)],
        ["Claim", claimLink(d.claim, d.claim)],
        ["Derivation", whole(d.derivation)],
        ["Claimed", whole(d.published)],
        ["Rebuilt", whole(d.reported)],
        ["Publisher", h("span", { class: "mono" }, d.publisher)],
        d.validator && ["Validator", validatorLink(d.validator)],
        ["Jury's deadline", date(d.deadline)],
      ]),
    ],
    said: "Dispute shown",
  };
}

function market(d) {
  const m = d.market;
  return h("div", { class: "panel" },
    h("dl", { class: "odds" }, outcomes.map((name, i) => h("div", { class: m.outcome === name ? "won" : "" },
      h("dt", {}, outcome(name)),
      h("dd", {}, s("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
        s("rect", { class: "base", width: 100, height: 4 }), s("rect", { class: "val", width: 100 * m.prices[i], height: 4 }))),
      h("dd", { class: "n", title: m.sold[i] + " shares sold" }, percent(m.prices[i]))))),
    h("p", { class: "soft" }, m.outcome ? `Settled: each share of “${outcome(m.outcome).toLowerCase()}” pays 1 BCT. `
      : "A share of the outcome that comes true pays 1 BCT. ",
    `Opened by ${short(m.sponsor)} with a liquidity of ${bct(m.liquidity)} BCT; ${plural(d.trades.length, "trade")}.`),
    !m.outcome && !d.verdict && h("p", {}, h("code", {}, `bc market buy ${d.id.slice(0, 12)} ${outcomes[1]} --shares 5 --limit 3`)),
    d.trades.length > 0 && h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Trader"), h("th", { scope: "col" }, "Outcome"), h("th", { scope: "col", class: "n" }, "Shares"), h("th", { scope: "col", class: "n" }, "BCT"))),
      h("tbody", {}, d.trades.slice(0, 20).map(t => h("tr", {},
        h("td", { class: "mono", title: t.trader }, short(t.trader)), h("td", {}, outcome(t.outcome)),
        h("td", { class: "n" }, (Number(t.shares) > 0 ? "+" : "") + bct(t.shares)), h("td", { class: "n" }, bct(t.amount))))))));
}

function evidence(e, d) {
  const by = e.by === d.validator ? "the validator that disagrees" : e.by === d.publisher ? "the publisher" : "somebody else";
  const c = e.content;
  return h("section", { class: "panel" },
    h("p", {}, "By ", by, " ", h("span", { class: "mono soft", title: e.by }, short(e.by)), h("span", { class: "under mono" }, e.cid)),
    c.problem ? h("p", { class: "other" }, "It cannot be read here: ", c.problem, ". Name a gateway that has it: ", h("code", {}, "bc explorer --option gateways URL"))
      : [mismatch(c, d), c.outputs.map(differences), c.outputs.length === 0 && h("p", {}, "It lists no difference.")]);
}

const mismatch = (c, d) => c.published === d.published && c.reported === d.reported ? null
  : h("p", { class: "other" }, "It speaks of other outputs than this dispute does.");

const VERDICTS = { same: "no difference", harmless: "differences that nothing which runs reads", data: "differences in data that programs may read", code: "differences in code, or not understood" };

function differences(o) {
  const title = h("h3", {}, "Output ", h("code", {}, o.name || "(all)"));
  if (o.problem) return [title, h("p", { class: "other" }, "No difference could be made: " + o.problem)];
  return [title,
    h("p", {}, VERDICTS[o.verdict] || o.verdict, ": ", Object.entries(o.classes).map(([name, n]) => `${count(n)} × ${name}`).join(", ") || "none"),
    o.differences.length > 0 && h("div", { class: "scroll" }, h("table", { class: "diff" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Where"), h("th", { scope: "col" }, "Why"), h("th", { scope: "col" }, "Claimed − and rebuilt +"))),
      h("tbody", {}, o.differences.slice(0, 100).map(x => h("tr", {},
        h("td", {}, x.path || ".", x.place.length > 0 && h("span", { class: "under" }, x.place.join(" › "))),
        h("td", {}, h("span", { class: "tag " + (["code", "data", "none"].includes(x.effect) ? x.effect : "") }, x.class), x.count > 1 && h("span", { class: "under" }, "× " + count(x.count))),
        h("td", {}, x.detail && h("span", {}, x.detail), x.leftExcerpt && h("span", { class: "gone" }, "− " + x.leftExcerpt), x.rightExcerpt && h("span", { class: "come" }, "+ " + x.rightExcerpt))))))),
    (o.omitted > 0 || o.differences.length > 100) && h("p", { class: "soft" }, plural(o.omitted + Math.max(0, o.differences.length - 100), "more difference"), " not shown")];
}

function jury(d, chain) {
  const first = d.jury[0];
  const stage = chain.time < first.from ? `reviews until ${date(first.from)}` : chain.time <= first.to ? `votes until ${date(first.to)}` : "has voted";
  return [h("p", { class: "soft" }, `${plural(d.jury.length, "juror")}; ${d.verdict ? "the verdict is known" : "the jury " + stage}.`),
    h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Juror"), h("th", { scope: "col", class: "n" }, "Weight"), h("th", { scope: "col" }, "Vote"))),
      h("tbody", {}, d.jury.map(j => h("tr", {},
        h("th", { scope: "row" }, validatorLink(j.juror)), h("td", { class: "n" }, bct(j.weight), h("span", { class: "unit" }, " BCT")),
        h("td", {}, j.vote ? outcome(j.vote) : h("span", { class: "soft" }, j.voted ? "cast, hidden" : "not yet")))))))];
}
