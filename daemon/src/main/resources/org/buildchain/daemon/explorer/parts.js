// What several views are made of.

import { h, s } from "./dom.js";
import { ago, count, date, phase, short } from "./format.js";

const GLYPHS = {
  valid: () => s("path", { d: "M2 6.5 5 9.5 10.5 2.5", fill: "none", stroke: "currentColor", "stroke-width": 2 }),
  open: () => s("circle", { cx: 6, cy: 6, r: 4, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "16 10" }),
  disputed: () => s("path", { d: "M6 1 11.5 11H.5Z", fill: "currentColor" }),
  refuted: () => s("path", { d: "M2 2 10 10M10 2 2 10", stroke: "currentColor", "stroke-width": 2 }),
  unreproducible: () => s("path", { d: "M1.5 4h9M1.5 8h9M8.5 1l-5 10", stroke: "currentColor", "stroke-width": 1.6, fill: "none" }),
  abandoned: () => s("circle", { cx: 6, cy: 6, r: 4, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }),
};

/** A phase, by sign, colour and word. */
export function phaseMark(name, group, badge) {
  const glyph = GLYPHS[group] || GLYPHS.open;
  return h("span", { class: `phase p-${group}${badge ? " badge" : ""}` },
    s("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, glyph()), phase(name));
}

export const claimLink = (id, text) => h("a", { href: "#/claim/" + id, class: "mono" }, text || short(id));
export const validatorLink = id => h("a", { href: "#/validator/" + id, class: "mono", title: id }, short(id));
export const when = (time, now) => h("time", { datetime: time ? new Date(time * 1000).toISOString() : "", title: date(time) }, ago(time, now));

/** Something long in full, with a button that copies it. */
export function whole(text) {
  const button = h("button", { type: "button", class: "copy", "aria-label": "Copy " + text }, "copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      button.textContent = "not allowed";
    }
  });
  return [h("span", { class: "mono" }, text), button];
}

export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, ...value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

export function figures(all) {
  return h("dl", { class: "figures" }, all.map(([name, value, under, title]) =>
    h("div", { title }, h("dt", {}, name), h("dd", {}, value, under && h("small", {}, under)))));
}

/** A notice in place of content: what is so, and what to do. */
export function state(title, text, command) {
  return h("div", { class: "state" }, h("h2", {}, title), text && h("p", {}, text), command && h("pre", {}, command));
}

/** Where in a list one is, with ways on. `link` gives the address for an offset. */
export function pager(offset, shown, total, size, link) {
  if (total <= size && offset === 0) return null;
  const step = (text, at, ok, rel) => ok
    ? h("a", { href: link(at), rel, "data-page": rel }, text)
    : h("span", { class: "off", "aria-disabled": "true" }, text);
  return h("nav", { class: "pager", "aria-label": "Pages" },
    h("span", {}, `${count(shown ? offset + 1 : 0)}–${count(offset + shown)} of ${count(total)}`),
    step("← Newer", Math.max(0, offset - size), offset > 0, "prev"),
    step("Older →", offset + size, offset + shown < total, "next"));
}
