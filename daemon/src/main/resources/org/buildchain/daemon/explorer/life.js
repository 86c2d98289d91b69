// A claim's life as a picture: the whole of it, and in a line.

import { h, s } from "./dom.js";
import { date, outcome, phase, plural, short, span } from "./format.js";

const mark = {
  ring: (x, y, c, r = 4.2) => s("circle", { cx: x, cy: y, r, class: "ring " + c }),
  dot: (x, y, c, r = 4.6) => s("circle", { cx: x, cy: y, r, class: "dot " + c }),
  square: (x, y, c, r = 4) => s("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, class: "dot " + c }),
  frame: (x, y, c, r = 3.8) => s("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, class: "ring " + c }),
  cross: (x, y, r = 3.8) => s("path", { d: `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`, class: "cross" }),
  tick: (x, y, r = 6) => s("path", { d: `M${x} ${y - r}v${2 * r}`, class: "tick" }),
  tri: (x, y, r = 5) => s("path", { d: `M${x} ${y - r}l${r} ${2 * r - 1}h${-2 * r}z`, class: "tri" }),
  dia: (x, y, r = 5.2) => s("path", { d: `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`, class: "dia" }),
};

/** Whether a report says what the publisher does. */
const sameness = agrees => (agrees > 0 ? "m-same" : agrees < 0 ? "m-unknown" : "m-other");

/** The steps one after the other, at equal distances: for a row. `life` is [[kind, report, value]…]. */
export function lifeLine(life, group) {
  const steps = life.filter(([kind]) => kind !== "reveals-due" && kind !== "opening-due");
  const gap = Math.min(13, 222 / Math.max(1, steps.length));
  const y = 12;
  const x = i => 7 + i * gap;
  const end = x(Math.max(0, steps.length - 1));
  const marks = steps.map(([kind, , value], i) => {
    switch (kind) {
      case "published": return mark.frame(x(i), y, "", 3.4);
      case "drawn": return mark.tick(x(i), y, 4.5);
      case "committed": return mark.ring(x(i), y, "", 3.2);
      case "revealed": return mark.dot(x(i), y, sameness(value), 3.6);
      case "shown": return mark.square(x(i), y, "", 3.4);
      case "missed": case "slashed": return mark.cross(x(i), y, 3);
      case "disputed": return mark.tri(x(i), y, 4);
      case "settled": return mark.dia(x(i), y, 4.2);
      case "ended": return s("path", { d: `M${x(i)} ${y - 6.5}v13`, class: `end p-${group}` });
      default: return null;
    }
  });
  return s("svg", { class: "life", viewBox: "0 0 240 24", preserveAspectRatio: "xMinYMid meet", role: "img", "aria-label": summary(steps) },
    s("path", { d: `M7 ${y}H${end}`, class: "thread" }),
    !steps.some(([kind]) => kind === "ended") && s("path", { d: `M${end} ${y}h14`, class: "wait" }),
    marks);
}

function summary(steps) {
  const n = kind => steps.filter(([k]) => k === kind).length;
  const parts = [[n("drawn"), "draw"], [n("committed"), "report"], [n("revealed"), "reveal"], [n("missed"), "missed build"], [n("disputed"), "dispute"]];
  return parts.filter(([k]) => k).map(([k, name]) => plural(k, name)).join(", ") || "published, nothing since";
}

/** Places for moments: further right for later, but a long wait takes little more room than a short one. */
function scale(times, from, to) {
  const moments = [...new Set(times)].sort((a, b) => a - b);
  const places = new Map();
  let at = 0;
  moments.forEach((t, i) => {
    if (i > 0) at += 1 + 1.4 * Math.log2(1 + (t - moments[i - 1]));
    places.set(t, at);
  });
  return { moments, x: t => from + (to - from) * (at ? places.get(t) / at : 0) };
}

/** The whole life along time: a lane for the publisher, one for each validation, one for juries. */
export function story(claim, now) {
  const ended = claim.steps.some(step => step.kind === "ended");
  const lanes = [{ name: "publisher", brief: "P", who: claim.publisher },
    ...claim.validations.map(v => ({ name: "validation " + (v.number + 1), brief: v.number + 1, who: v.validator, link: "#/validator/" + v.validator }))];
  if (claim.disputed.length) lanes.push({ name: "jury", brief: "jury" });
  // As wide as it will be shown, so that its text is as large as all other text.
  const width = Math.max(310, Math.min(1130, document.getElementById("main").clientWidth - 72));
  const roomy = width > 640;
  const left = roomy ? 190 : 92, top = 26, step = 34;
  const right = width - 12;
  const bottom = top + lanes.length * step;
  const y = lane => top + lane * step + step / 2;
  const last = ended ? 0 : Math.max(now, ...claim.steps.map(p => p.time));
  const begin = claim.steps[0].time;
  const timeOf = (kind, report) => (claim.steps.find(p => p.kind === kind && p.report === report) || {}).time;
  // Who is drawn can build before carrying out the draw: then the report says how long it took.
  const early = new Map(claim.validations.filter(v => v.seconds > 0 && timeOf("drawn", v.number) === timeOf("committed", v.number))
    .map(v => [v.number, Math.max(begin, timeOf("drawn", v.number) - v.seconds)]));
  const { moments, x } = scale([...claim.steps.map(p => p.time), ...early.values(), ...(last ? [last] : [])], left, right);
  const laneOf = p => (p.report < 0 ? 0 : p.report + 1);
  const jury = lanes.length - 1;
  const agrees = v => (!claim.output || !v.output ? -1 : v.output === claim.output ? 1 : 0);
  const tip = (element, p, text) => {
    element.append(s("title", {}, `${text}\nblock ${p.block}, ${date(p.time)}`));
    return element;
  };

  const drawing = [];
  lanes.forEach((lane, i) => {
    drawing.push(s("path", { d: `M${left} ${y(i)}H${right}`, class: "lane" }));
    drawing.push(s("text", { x: 0, y: y(i) + 4 }, roomy ? lane.name : lane.brief));
    if (lane.who) {
      const who = s("text", { x: roomy ? 88 : 16, y: y(i) + 4, class: "who" }, lane.who.slice(0, 8) + "…");
      drawing.push(lane.link ? s("a", { href: lane.link }, who) : who);
    }
  });
  let free = -100;
  moments.forEach((t, i) => {
    const at = x(t);
    drawing.push(s("path", { d: `M${at} ${top}V${bottom + 5}`, class: "grid" }));
    const text = i === 0 ? "0" : "+" + span(t - begin);
    const room = text.length * 6 + 12;
    if (at - free >= room || i === 0) {
      drawing.push(s("text", { x: at, y: bottom + 20, class: "axis", "text-anchor": i === 0 ? "start" : at > right - 25 ? "end" : "middle" }, text));
      free = at + room / 3;
    }
  });

  // Where building and waiting lead from and to.
  early.forEach((from, report) => drawing.push(s("path", { d: `M${x(from)} ${y(report + 1)}H${x(timeOf("drawn", report))}`, class: "build" })));
  const held = new Map();
  for (const p of claim.steps) {
    const at = x(p.time), lane = y(laneOf(p));
    if (p.kind === "drawn") held.set(p.report, { at, time: p.time, built: false });
    const from = held.get(p.report);
    if (from && !from.built && (p.kind === "committed" || p.kind === "missed")) {
      drawing.push(s("path", { d: `M${from.at} ${lane}H${at}`, class: "build" + (p.kind === "missed" ? " bad" : "") }));
      held.set(p.report, { at, time: from.time, built: true, over: p.kind === "missed" });
    } else if (from && from.built && !from.over && (p.kind === "revealed" || p.kind === "slashed")) {
      drawing.push(s("path", { d: `M${from.at} ${lane}H${at}`, class: "wait" }));
      held.set(p.report, { ...from, over: true });
    }
  }
  if (!ended) {
    held.forEach((from, report) => {
      if (!from.built) drawing.push(s("path", { d: `M${from.at} ${y(report + 1)}H${x(last)}`, class: "build" }));
      else if (!from.over) drawing.push(s("path", { d: `M${from.at} ${y(report + 1)}H${x(last)}`, class: "wait" }));
    });
    drawing.push(s("path", { d: `M${x(last)} ${top - 6}V${bottom + 5}`, class: "nowline" }),
      s("text", { x: x(last), y: top - 12, "text-anchor": "end" }, "now"));
  }
  for (const p of claim.steps) {
    const at = x(p.time), lane = y(laneOf(p));
    switch (p.kind) {
      case "published": drawing.push(tip(mark.frame(at, lane, "", 4.6), p, "commits to the output, hidden")); break;
      case "drawn": drawing.push(tip(mark.tick(at, lane, 8), p, "drawn, builds")); break;
      case "committed": {
        // A validator may build before it carries out its draw, and commit in the same transaction.
        const together = (held.get(p.report) || {}).time === p.time;
        drawing.push(tip(mark.ring(together ? at + 9 : at, lane, ""), p, "commits to its report, hidden"));
        break;
      }
      case "revealed": {
        const v = claim.validations[p.report];
        drawing.push(tip(mark.dot(at, lane, sameness(agrees(v || {}))), p, "reveals: built in " + span(p.value)));
        break;
      }
      case "shown": drawing.push(tip(mark.square(at, lane, "", 4.6), p, "opens its commitment")); break;
      case "missed": drawing.push(tip(mark.cross(at, lane, 4.6), p, "missed its deadline or declined")); break;
      case "slashed": drawing.push(tip(mark.cross(at, lane, 4.6), p, "loses its stake")); break;
      case "disputed":
        drawing.push(s("path", { d: `M${at} ${lane}V${y(jury)}`, class: "wait" }),
          tip(mark.tri(at, y(jury), 6), p, "a jury is asked about validation " + (p.report + 1)));
        break;
      case "settled": drawing.push(tip(mark.dia(at, y(jury), 6), p, "verdict")); break;
      case "ended": {
        drawing.push(tip(s("path", { d: `M${at} ${top - 4}V${bottom + 5}`, class: `end p-${claim.group}` }), p, phase(claim.phase)),
          s("text", { x: at, y: top - 11, "text-anchor": "end", class: "verdict" }, phase(claim.phase) + (p.time > begin ? " after " + span(p.time - begin) : "")));
        break;
      }
    }
  }
  const height = bottom + 30;
  return [h("div", { class: "story-box" }, s("svg", { class: "story", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "story-title" },
    s("title", { id: "story-title" }, `The life of claim ${short(claim.id)}: ${plural(claim.validations.length, "validation")}, ${phase(claim.phase)}. The table below lists every step.`),
    drawing)), legend(claim)];
}

function legend(claim) {
  const has = kind => claim.steps.some(p => p.kind === kind);
  const revealed = same => claim.validations.some(v => v.output && (!claim.output || v.output === claim.output) === same);
  const item = (shape, text) => h("li", {}, s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, shape), text);
  return h("ul", { class: "legend", "aria-label": "Signs in the picture" },
    item(mark.frame(8, 8, ""), "output committed"), has("shown") && item(mark.square(8, 8, ""), "output opened"),
    has("drawn") && item(mark.tick(8, 8, 6), "drawn"), has("committed") && item(mark.ring(8, 8, ""), "report committed"),
    revealed(true) && item(mark.dot(8, 8, "m-same"), "revealed the same"),
    revealed(false) && item(mark.dot(8, 8, "m-other"), "revealed otherwise"),
    (has("missed") || has("slashed")) && item(mark.cross(8, 8), "missed or slashed"),
    has("disputed") && item(mark.tri(8, 8), "disputed"), has("settled") && item(mark.dia(8, 8), "verdict"),
    h("li", {}, "time runs to the right, long waits shortened"));
}

/** A step in words. */
export function told(p, claim) {
  const nth = "Validation " + (p.report + 1);
  switch (p.kind) {
    case "published": return "Published: stake locked, output committed unseen";
    case "draw-requested": return `A draw was asked for; block ${p.value} decides`;
    case "drawn": return `${nth}: drawn, has until ${date(p.value)}`;
    case "committed": return `${nth}: report committed unseen`;
    case "missed": return `${nth}: deadline missed, or declined`;
    case "reveals-due": return `The coin stopped: validators reveal until ${date(p.value)}`;
    case "revealed": return `${nth}: revealed, built in ${span(p.value)}`;
    case "opening-due": return `The publisher opens until ${date(p.value)}`;
    case "shown": return "The output is known";
    case "slashed": return `${nth}: lost its stake`;
    case "disputed": return `Disputed: ${nth.toLowerCase()} says otherwise; a jury judges until ${date(p.value)}`;
    case "settled": return "Verdict: " + outcome(["non-determinism", "publisher", "validator"][p.value]).toLowerCase();
    case "timed": return `Build time credited: ${span(p.value)} to each`;
    case "ended": return "Ended: " + phase(claim.phase).toLowerCase();
    default: return p.kind;
  }
}
