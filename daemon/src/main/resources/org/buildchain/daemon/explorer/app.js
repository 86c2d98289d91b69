// Which view is shown, and keeping it up to date.

import { fill, h } from "./dom.js";
import { ago, count, date } from "./format.js";
import { state } from "./parts.js";
import * as claims from "./claims.js";
import * as claim from "./claim.js";
import * as validators from "./validators.js";
import * as disputes from "./disputes.js";
import * as supply from "./supply.js";

const EVERY = 2000;
const VIEWS = {
  claims: claims.view, claim: claim.view, validators: validators.list, validator: validators.one,
  disputes: disputes.list, dispute: disputes.one, supply: supply.view,
};
const KEYS = { 1: "#/claims", 2: "#/validators", 3: "#/disputes", 4: "#/supply" };

const main = document.getElementById("main");
let chain = null;
let shown = { address: "", version: -1, block: -1 };
let turn = 0;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function api(path) {
  let response;
  try {
    response = await fetch("/api/" + path, { cache: "no-store" });
  } catch {
    throw new Refused(0, "bc explorer does not answer");
  }
  const json = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, json.error || "status " + response.status);
  return json;
}

function place() {
  const [path, query] = (location.hash || "#/claims").slice(1).split("?");
  const [, view, name] = path.split("/");
  return { view: VIEWS[view] ? view : "claims", name: name || "", query: new URLSearchParams(query || "") };
}

/** Shows what the address names; quietly where only the chain has gone on. */
async function show(quiet) {
  const mine = ++turn;
  const address = location.hash;
  const { view, name, query } = place();
  if (!quiet) mark(view);
  if (!chain) return;
  if (chain.loading) {
    fill(main, chain.problem ? unreachable() : state("Reading the chain…", "All claims are read once; after that only what is new."));
    return;
  }
  const slow = quiet ? 0 : setTimeout(() => mine === turn && fill(main, state("One moment…")), 400);
  let made;
  try {
    made = await VIEWS[view]({ api, name, query, chain });
  } catch (e) {
    if (mine === turn && !quiet) made = failed(e, view);
  } finally {
    clearTimeout(slow);
  }
  if (!made || mine !== turn) return;
  const held = document.activeElement;
  const key = held && held.dataset ? held.dataset.key : null;
  const typing = held && held.id === "q" ? [held.value, held.selectionStart, held.selectionEnd] : null;
  fill(main, made.content);
  document.title = made.title + " · Build Chain explorer";
  const same = shown.address.split("?")[0] === address.split("?")[0];
  if (typing) {
    const q = document.getElementById("q");
    if (q) {
      q.value = typing[0];
      q.focus();
      q.setSelectionRange(typing[1], typing[2]);
    }
  } else if (quiet || same) {
    const again = key && main.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (again) again.focus({ preventScroll: true });
  } else if (shown.address !== "") {
    const title = main.querySelector("h1");
    if (title) title.focus({ preventScroll: true });
  }
  if (!quiet) {
    if (!typing) window.scrollTo(0, 0);
    document.getElementById("said").textContent = made.said || made.title;
  }
  shown = { address: address || "#/claims", version: chain.version, block: chain.block };
}

function mark(view) {
  const tab = { claim: "claims", validator: "validators", dispute: "disputes" }[view] || view;
  for (const a of document.querySelectorAll("nav a[data-view]")) {
    if (a.dataset.view === tab) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
}

function failed(e, view) {
  const missing = e.status === 404 || e.status === 400;
  return {
    title: missing ? "Not there" : "A problem",
    content: [h("h1", { class: "unseen", tabindex: -1 }, "A problem"), missing
      ? state(`There is no such ${view} on this chain`, "A reorganisation may have taken it back, or the address is of another chain.", "bc chain status")
      : e.status === 0 ? state("bc explorer has ended", "What was shown is gone with it. Start it again, then reload this page:", "bc explorer")
        : state("This cannot be shown now", e.message, "bc chain status")],
    said: "A problem: " + e.message,
  };
}

const unreachable = () => state("The chain's node does not answer", chain.problem + ". This page goes on by itself once it does.",
  "bc chain status\nbc chain devnet          # starts a local chain\nbc chain use URL         # goes over to another");

function notice() {
  const box = document.getElementById("problem");
  const text = !chain ? "" : chain.gone ? "bc explorer does not answer. What is shown may be out of date; start it again with “bc explorer”."
    : chain.problem && !chain.loading ? `${chain.problem}. Shown is the chain as of block ${count(chain.block)}; this page goes on by itself once the node is back.` : "";
  box.hidden = !text;
  if (box.dataset.text !== text) {
    box.dataset.text = text;
    fill(box, text && h("div", {}, text));
  }
  const now = document.getElementById("now");
  now.className = "now" + (!chain || chain.gone ? " gone" : chain.problem ? " late" : "");
  now.textContent = !chain || chain.gone ? "not connected" : chain.loading ? "reading…" : "block " + count(chain.block);
  now.title = chain && chain.time ? `${date(chain.time)}, ${ago(chain.time, Date.now() / 1000)}` : "";
  if (chain && chain.network) {
    document.getElementById("where").textContent = `chain ${chain.network.chain} at ${chain.network.node}, claims contract ${chain.network.claims || ""}`;
  }
}

async function look() {
  try {
    chain = await api("summary");
  } catch (e) {
    chain = { ...(chain || { loading: true, problem: "" }), gone: e.status === 0, problem: e.status === 0 ? "" : e.message };
    if (!chain.network) fill(main, state("bc explorer does not answer", "Start it again, then reload this page:", "bc explorer"));
  }
  notice();
}

async function follow() {
  if (!document.hidden) {
    await look();
    const open = ["claim", "dispute"].includes(place().view);
    if (!chain.gone && (chain.version !== shown.version || (open && chain.block !== shown.block))) await show(shown.version >= 0);
  }
  setTimeout(follow, EVERY);
}

let typed = 0;
document.addEventListener("input", e => {
  const kind = e.target.dataset && e.target.dataset.search;
  if (!kind) return;
  clearTimeout(typed);
  typed = setTimeout(() => {
    const query = place().query;
    query.delete("offset");
    if (e.target.value.trim()) query.set("q", e.target.value.trim());
    else query.delete("q");
    const text = query.toString();
    history.replaceState(null, "", `#/${kind}${text ? "?" + text : ""}`);
    show(false);
  }, 180);
});

document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const writing = e.target.matches("input, textarea, select");
  if (e.key === "Escape" && writing) e.target.blur();
  if (writing) return;
  if (e.key === "/") {
    const q = document.getElementById("q");
    if (q) {
      e.preventDefault();
      q.focus();
      q.select();
    }
  } else if (KEYS[e.key]) {
    location.hash = KEYS[e.key];
  } else if (e.key === "j" || e.key === "k") {
    const rows = [...main.querySelectorAll("a.row")];
    const at = rows.indexOf(document.activeElement);
    const next = rows[at < 0 ? 0 : at + (e.key === "j" ? 1 : -1)];
    if (next) next.focus();
  } else if (e.key === "ArrowLeft" || e.key === "ArrowRight") {
    const link = main.querySelector(`a[data-page="${e.key === "ArrowLeft" ? "prev" : "next"}"]`);
    if (link && !document.activeElement.closest(".scroll table.diff")) link.click();
  }
});

window.matchMedia("(max-width: 46rem)").addEventListener("change", () => show(true));
window.addEventListener("hashchange", () => show(false));
document.addEventListener("visibilitychange", () => !document.hidden && look());
document.querySelector(".skip").addEventListener("click", e => {
  // The address holds the view.
  e.preventDefault();
  main.focus();
});
follow();
