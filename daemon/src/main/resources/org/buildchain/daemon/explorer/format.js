// How values read.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export const count = n => whole.format(n);

/** An amount of BCT, rounded for the eye. */
export function bct(text) {
  const n = Number(text);
  return Math.abs(n) >= 1000 ? whole.format(n) : fine.format(n);
}

/** 0x1234…abcd, bafyre…wxyz: enough to recognise. */
export function short(id) {
  if (!id) return "";
  return id.startsWith("0x") ? id.slice(0, 8) + "…" + id.slice(-4) : id.slice(0, 7) + "…" + id.slice(-6);
}

/** A length of time in seconds. */
export function span(seconds) {
  const t = Math.max(0, Math.round(seconds));
  if (t < 60) return t + " s";
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const i = parts.findIndex(([size]) => t >= size);
  const [size, name] = parts[i];
  const next = parts[i + 1];
  const rest = next ? Math.floor((t % size) / next[0]) : 0;
  return Math.floor(t / size) + " " + name + (rest ? " " + rest + " " + next[1] : "");
}

/** How long before the chain's newest block. */
export function ago(time, now) {
  if (!time) return "";
  const t = now - time;
  return t < 5 ? "just now" : span(t).split(" ").slice(0, 2).join(" ") + " ago";
}

export function date(time) {
  return time ? new Date(time * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC") : "";
}

export const percent = share => (100 * share).toFixed(share >= .9995 || share < .0005 ? 0 : 1) + " %";

/** One thing or several. */
export const plural = (n, one, many) => count(n) + " " + (n === 1 ? one : many || one + "s");

const VERDICTS = {
  "non-determinism": "nobody: the build is not deterministic",
  "publisher": "the publisher is wrong",
  "validator": "the validator is wrong",
};
export const verdict = name => VERDICTS[name] || name;

const OUTCOMES = { "non-determinism": "Not deterministic", "publisher": "Publisher wrong", "validator": "Validator wrong" };
export const outcome = name => OUTCOMES[name] || name;
export const outcomes = Object.keys(OUTCOMES);

const PHASES = {
  drawing: "Waiting for a draw", building: "A validator builds", revealing: "Validators reveal",
  opening: "Publisher opens", disputed: "Disputed", valid: "Valid",
  unreproducible: "Not reproducible", refuted: "Refuted", abandoned: "Abandoned",
};
export const phase = name => PHASES[name] || name;
