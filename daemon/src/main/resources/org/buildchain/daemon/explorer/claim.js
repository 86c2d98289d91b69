// One claim.

import { h } from "./dom.js";
import { date, outcome, plural, short, span } from "./format.js";
import { story, told } from "./life.js";
import { facts, phaseMark, validatorLink, when, whole } from "./parts.js";

export async function view({ api, name, chain }) {
  const c = await api("claims/" + name);
  const left = c.deadline - chain.time;
  return {
    title: c.name || "Claim " + short(c.id),
    key: "claims",
    content: [
      h("p", { class: "crumb" }, h("a", { href: "#/claims" }, "Claims"), " / ", h("span", { class: "mono" }, short(c.id))),
      h("h1", { tabindex: -1 }, c.name || ["Derivation ", h("span", { class: "mono" }, short(c.derivation))]),
      h("p", { class: "lead" }, phaseMark(c.phase, c.group, true), " ",
        c.deadline ? (left > 0 ? `for ${span(left)} more; ` : "past its deadline: anybody can move it on; ") : "",
        "published ", when(c.time, chain.time)),
      h("div", { class: "panel" }, story(c, chain.time)),
      facts([
        ["Claim", whole(c.id)],
        ["Derivation", whole(c.derivation)],
        ["Output", c.output ? whole(c.output) : h("span", { class: "soft" }, "hidden until the validators have revealed theirs")],
        ["Publisher", whole(c.publisher)],
        c.credited !== undefined && ["Build time", `${span(c.credited)} credited to each validator`],
        ["Check it", h("code", {}, "bc verify " + c.derivation)],
      ]),
      c.disputed.length > 0 && [h("h2", {}, "Disputes"), h("div", { class: "scroll" }, h("table", { class: "rows fold" },
        h("tbody", {}, c.disputed.map(d => h("tr", {},
          h("th", { scope: "row", class: "first" }, h("a", { class: "row", href: "#/dispute/" + d.id }, "About validation " + (d.report + 1))),
          h("td", {}, d.verdict ? outcome(d.verdict) : "A jury judges until " + date(d.deadline)),
          h("td", { class: "soft first" }, [plural(d.seats, "juror"), d.market ? "a market" : "no market", plural(d.evidence, "piece") + " of evidence"].join(", ")))))))],
      h("h2", {}, "Validations"),
      c.validations.length ? validations(c) : h("p", { class: "soft" }, "Nobody has been drawn yet."),
      h("h2", {}, "Every step"),
      h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "What"), h("th", { scope: "col", class: "n" }, "Since published"),
          h("th", { scope: "col", class: "n wide" }, "Block"), h("th", { scope: "col", class: "wide" }, "Transaction"))),
        h("tbody", {}, c.steps.map(p => h("tr", { class: ["draw-requested", "timed"].includes(p.kind) ? "quiet" : null },
          h("td", {}, told(p, c), p.who && p.kind === "drawn" ? [" · ", validatorLink(p.who)] : ""),
          h("td", { class: "n soft", title: date(p.time) }, p.time > c.time ? "+" + span(p.time - c.time) : "0"),
          h("td", { class: "n wide soft" }, p.block),
          h("td", { class: "mono wide soft", title: p.transaction }, short(p.transaction))))))),
    ],
    said: "Claim shown",
  };
}

const STATUS = { drawn: "Builds", committed: "Committed, hidden", revealed: "Revealed", missed: "Missed", slashed: "Slashed", released: "Released", none: "" };

function validations(c) {
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Validator"), h("th", { scope: "col" }, "Status"),
      h("th", { scope: "col" }, "Output"), h("th", { scope: "col", class: "n" }, "Build time"))),
    h("tbody", {}, c.validations.map(v => h("tr", {},
      h("th", { scope: "row", class: "nowrap" }, validatorLink(v.validator), v.round > 0 && h("span", { class: "under" }, "round " + (v.round + 1))),
      h("td", {}, STATUS[v.status] || v.status),
      h("td", {}, !v.output ? h("span", { class: "soft" }, "–") : !c.output ? h("span", { class: "mono" }, short(v.output))
        : v.output === c.output ? h("span", { class: "same" }, "the same") : [h("span", { class: "other" }, "another: "), h("span", { class: "mono", title: v.output }, short(v.output))]),
      h("td", { class: "n" }, v.seconds === undefined ? h("span", { class: "soft" }, "–") : span(v.seconds)))))));
}
