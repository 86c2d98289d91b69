package org.buildchain.daemon.explorer;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.index.ChainIndex;
import org.buildchain.chain.index.ClaimLife;
import org.buildchain.chain.index.DisputeLife;
import org.buildchain.chain.index.Step;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Claims for the page. */
final class ClaimJson {
  private final ExplorerSource source;
  private final BlockTimes times;
  private final Disputes disputes;

  ClaimJson(ExplorerSource source, BlockTimes times, Disputes disputes) {
    this.source = source;
    this.times = times;
    this.disputes = disputes;
  }

  /** How many claims there are of each group. */
  static Map<String, Integer> groups(List<ClaimLife> claims) {
    Map<String, Integer> groups = new TreeMap<>();
    claims.forEach(c -> groups.merge(group(c), 1, Integer::sum));
    return groups;
  }

  /** What the page sorts claims by: those that nothing special happens to are open. */
  private static String group(ClaimLife claim) {
    return claim.phase().isEnd() || claim.phase() == Phase.DISPUTED
        ? Json.name(claim.phase())
        : "open";
  }

  /** A part of the claims that are asked for, newest first. */
  ObjectNode list(ChainIndex.Snapshot chain, Query query) {
    String group = query.text("phase");
    String wanted = query.text("q").toLowerCase(Locale.ROOT);
    List<ClaimLife> found =
        chain.claims().stream()
            .filter(c -> group.isEmpty() || group(c).equals(group))
            .filter(c -> wanted.isEmpty() || matches(c, wanted))
            .toList();
    ObjectNode out = Json.object();
    out.put("total", found.size()).put("all", chain.claims().size()).put("block", chain.block());
    ArrayNode items = out.putArray("items");
    List<ClaimLife> page = query.page(found);
    times.prepare(page.stream().map(ClaimLife::firstBlock).toList());
    page.forEach(c -> brief(c, items.addObject()));
    return out;
  }

  private boolean matches(ClaimLife claim, String wanted) {
    return starts(claim.id().toString(), wanted)
        || starts(claim.derivation().toString(), wanted)
        || starts(Json.cid(claim.derivation()), wanted)
        || claim.output().filter(o -> starts(Json.cid(o), wanted)).isPresent()
        || is(claim.publisher(), wanted)
        || claim.reports().stream().anyMatch(r -> is(r.validator(), wanted))
        || source.nameOf(claim.derivation()).filter(n -> n.contains(wanted)).isPresent();
  }

  private static boolean starts(String text, String wanted) {
    return text.startsWith(wanted);
  }

  private static boolean is(Address address, String wanted) {
    return wanted.startsWith("0x")
        && address.toString().toLowerCase(Locale.ROOT).startsWith(wanted);
  }

  private void brief(ClaimLife claim, ObjectNode out) {
    out.put("id", claim.id().toString()).put("derivation", Json.cid(claim.derivation()));
    Json.put(out, "name", source.nameOf(claim.derivation()));
    out.put("publisher", claim.publisher().toString()).put("phase", Json.name(claim.phase()));
    out.put("group", group(claim)).put("reports", claim.reports().size());
    out.put("agreeing", claim.agreeing()).put("disputes", claim.disputes().size());
    out.put("block", claim.firstBlock()).put("lastBlock", claim.lastBlock());
    out.put("time", times.of(claim.firstBlock())).put("deadline", claim.deadline());
    ArrayNode life = out.putArray("life");
    claim.steps().stream()
        .filter(s -> s.kind() != Step.Kind.DRAW_REQUESTED && s.kind() != Step.Kind.TIMED)
        .forEach(
            s -> life.addArray().add(Json.name(s.kind())).add(s.report()).add(value(claim, s)));
  }

  /** Of a report, whether it says what the publisher does: 1, 0, or -1 if that's not known yet. */
  private static long value(ClaimLife claim, Step step) {
    if (step.kind() != Step.Kind.REVEALED) {
      return step.value();
    }
    return claim.output().isEmpty() ? -1 : step.output().equals(claim.output()) ? 1 : 0;
  }

  /** Everything about a claim. */
  ObjectNode all(ClaimLife claim) {
    ObjectNode out = Json.object();
    times.prepare(claim.steps().stream().map(Step::block).toList());
    brief(claim, out);
    Json.put(out, "output", claim.output().map(Json::cid));
    claim.credited().ifPresent(s -> out.put("credited", s));
    ArrayNode reports = out.putArray("validations");
    for (ClaimLife.Served r : claim.reports()) {
      ObjectNode report = reports.addObject();
      report.put("number", r.number()).put("validator", r.validator().toString());
      report.put("round", r.round()).put("status", Json.name(r.status()));
      Json.put(report, "output", r.output().map(Json::cid));
      r.seconds().ifPresent(s -> report.put("seconds", s));
    }
    ArrayNode disputed = out.putArray("disputed");
    for (ClaimLife.Disputed d : claim.disputes()) {
      ObjectNode dispute = disputed.addObject();
      DisputeLife life = disputes.of(claim, d);
      dispute.put("id", life.id().toString()).put("report", d.report());
      dispute.put("deadline", d.deadline()).put("seats", life.seats().size());
      Json.put(dispute, "verdict", d.verdict().map(Json::name));
      dispute.put("market", life.market().isPresent()).put("evidence", life.evidence().size());
    }
    ArrayNode steps = out.putArray("steps");
    for (Step s : claim.steps()) {
      ObjectNode step = steps.addObject();
      step.put("kind", Json.name(s.kind()))
          .put("block", s.block())
          .put("time", times.of(s.block()));
      step.put("transaction", s.transaction().toString()).put("report", s.report());
      Json.put(step, "who", s.who());
      Json.put(step, "output", s.output().map(Json::cid));
      Json.put(step, "other", s.other().map(Json::cid));
      step.put("value", s.value());
    }
    return out;
  }
}
