package org.buildchain.daemon.explorer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Commitments;
import org.buildchain.chain.contracts.JuryAbi;
import org.buildchain.chain.contracts.PredictionMarketAbi;
import org.buildchain.chain.index.ChainIndex;
import org.buildchain.chain.index.ClaimLife;
import org.buildchain.chain.index.DisputeLife;
import org.buildchain.chain.rpc.Log;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Disputes for the page. Thread-safe. */
final class Disputes {
  private static final int MOST_EVIDENCE = 20;
  private static final int MOST_TRADES = 200;
  private static final List<Word> EVENTS =
      List.of(
          JuryAbi.SEATED.topic(),
          JuryAbi.VOTED.topic(),
          JuryAbi.VOTE_REVEALED.topic(),
          JuryAbi.DECIDED.topic(),
          PredictionMarketAbi.MARKET_OPENED.topic(),
          PredictionMarketAbi.EVIDENCE_ADDED.topic(),
          PredictionMarketAbi.TRADED.topic(),
          PredictionMarketAbi.MARKET_SETTLED.topic());

  private final ExplorerSource source;
  private final BlockTimes times;
  private final ChainIndex index;
  private volatile Known known = new Known(-1, Map.of(), List.of());

  /** Of one version of the chain. */
  private record Known(long version, Map<Word, List<Log>> logs, List<Place> places) {}

  /** A dispute and where it stands. */
  private record Place(Word id, ClaimLife claim, ClaimLife.Disputed dispute) {}

  Disputes(ExplorerSource source, BlockTimes times, ChainIndex index) {
    this.source = source;
    this.times = times;
    this.index = index;
  }

  private Known known() {
    ChainIndex.Snapshot chain = index.snapshot();
    Known last = known;
    if (last.version() == chain.version()) {
      return last;
    }
    Map<Word, List<Log>> logs = new HashMap<>();
    for (Log log : chain.others()) {
      if (log.topics().size() > 1 && EVENTS.contains(log.topics().getFirst())) {
        logs.computeIfAbsent(log.topics().get(1), d -> new ArrayList<>()).add(log);
      }
    }
    List<Place> places = new ArrayList<>();
    for (ClaimLife claim : chain.claims()) {
      for (ClaimLife.Disputed d : claim.disputes().reversed()) {
        places.add(new Place(Commitments.dispute(claim.id(), d.report()), claim, d));
      }
    }
    Known next = new Known(chain.version(), logs, places);
    known = next;
    return next;
  }

  /** What jury and market did in a dispute. */
  DisputeLife of(ClaimLife claim, ClaimLife.Disputed dispute) {
    Word id = Commitments.dispute(claim.id(), dispute.report());
    return DisputeLife.of(id, known().logs().getOrDefault(id, List.of()));
  }

  /** How many disputes there are, and how many of them wait for a verdict. */
  void count(ObjectNode out) {
    List<Place> all = known().places();
    out.put("all", all.size());
    out.put("open", all.stream().filter(p -> p.dispute().verdict().isEmpty()).count());
  }

  /** A part of all disputes, newest claim first. */
  ObjectNode list(Query query) {
    List<Place> all = known().places();
    ObjectNode out = Json.object().put("total", all.size()).put("all", all.size());
    ArrayNode items = out.putArray("items");
    query.page(all).forEach(p -> brief(p, items.addObject()));
    return out;
  }

  /** All disputes in brief. */
  List<JsonNode> everything() {
    ArrayNode all = Json.object().putArray("all");
    known().places().forEach(p -> brief(p, all.addObject()));
    return all.values().stream().toList();
  }

  Optional<ObjectNode> named(String id) {
    return all(Word.parse(id));
  }

  private void brief(Place place, ObjectNode out) {
    DisputeLife life = of(place.claim(), place.dispute());
    out.put("id", place.id().toString()).put("claim", place.claim().id().toString());
    out.put("derivation", Json.cid(place.claim().derivation()));
    Json.put(out, "name", source.nameOf(place.claim().derivation()));
    out.put("report", place.dispute().report());
    place.claim().reports().stream()
        .filter(r -> r.number() == place.dispute().report())
        .findFirst()
        .ifPresent(r -> out.put("validator", r.validator().toString()));
    out.put("publisher", place.claim().publisher().toString());
    out.put("published", Json.cid(place.dispute().published()));
    out.put("reported", Json.cid(place.dispute().reported()));
    out.put("block", place.dispute().block()).put("time", times.of(place.dispute().block()));
    out.put("deadline", place.dispute().deadline());
    Json.put(out, "verdict", place.dispute().verdict().map(Json::name));
    out.put("seats", life.seats().size()).put("evidence", life.evidence().size());
    life.market().ifPresent(m -> market(m, out.putObject("market")));
  }

  /** Everything about a dispute; empty if there is none with this id. */
  Optional<ObjectNode> all(Word id) {
    return known().places().stream().filter(p -> p.id().equals(id)).findFirst().map(this::all);
  }

  private ObjectNode all(Place place) {
    ObjectNode out = Json.object();
    brief(place, out);
    DisputeLife life = of(place.claim(), place.dispute());
    ArrayNode jury = out.putArray("jury");
    for (DisputeLife.Seat s : life.seats()) {
      ObjectNode seat = jury.addObject().put("juror", s.juror().toString());
      seat.put("weight", Json.amount(s.weight())).put("voted", s.voted());
      seat.put("from", s.from()).put("to", s.to());
      Json.put(seat, "vote", s.vote().map(Json::name));
    }
    ArrayNode trades = out.putArray("trades");
    List<DisputeLife.Trade> made = life.market().map(m -> m.trades()).orElse(List.of());
    for (DisputeLife.Trade t : made.reversed().stream().limit(MOST_TRADES).toList()) {
      trades
          .addObject()
          .put("trader", t.trader().toString())
          .put("outcome", Json.name(t.outcome()))
          .put("shares", Json.amount(t.shares()))
          .put("amount", Json.amount(t.amount()))
          .put("block", t.block());
    }
    // Anybody can attach any number: the parties' comes first.
    List<String> parties = List.of(text(out, "validator"), text(out, "publisher"));
    List<DisputeLife.Evidence> sorted =
        life.evidence().stream()
            .sorted(Comparator.comparing(e -> !parties.contains(e.by().toString())))
            .limit(MOST_EVIDENCE)
            .toList();
    ArrayNode evidence = out.putArray("attached");
    for (DisputeLife.Evidence e : sorted) {
      evidence
          .addObject()
          .put("cid", Json.cid(e.digest()))
          .put("by", e.by().toString())
          .put("block", e.block())
          .set("content", source.evidence(e.digest()));
    }
    return out;
  }

  private static String text(ObjectNode object, String key) {
    return object.path(key).asString("");
  }

  private static void market(DisputeLife.Trading market, ObjectNode out) {
    out.put("sponsor", market.sponsor().toString());
    out.put("liquidity", Json.amount(market.liquidity()));
    ArrayNode prices = out.putArray("prices");
    market.prices().forEach(prices::add);
    ArrayNode sold = out.putArray("sold");
    market.sold().forEach(q -> sold.add(Json.amount(q)));
    Json.put(out, "outcome", market.outcome().map(Json::name));
  }
}
