package org.buildchain.daemon.explorer;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.abi.Values;
import org.buildchain.chain.claim.Phase;
import org.buildchain.chain.claim.Report;
import org.buildchain.chain.contracts.RewardsAbi;
import org.buildchain.chain.contracts.ValidatorRegistryAbi;
import org.buildchain.chain.index.ChainIndex;
import org.buildchain.chain.index.ClaimLife;
import org.buildchain.chain.rpc.Log;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Validators for the page, with what they did. Thread-safe. */
final class ValidatorJson {
  private final ChainIndex index;
  private volatile Known known = new Known(-1, List.of());

  private record Known(long version, List<Tally> all) {}

  ValidatorJson(ChainIndex index) {
    this.index = index;
  }

  /** What is known of one validator; changes only while it is made. */
  private static final class Tally {
    private final Address validator;
    private Address operator = Address.ZERO;
    private BigInteger stake = BigInteger.ZERO;
    private BigInteger lost = BigInteger.ZERO;
    private BigInteger rewards = BigInteger.ZERO;
    private boolean available;
    private boolean left;
    private long services;
    private long missed;
    private long slashed;
    private long agreeing;
    private long open;
    private long credited;
    private double ratios;
    private long timed;

    Tally(Address validator) {
      this.validator = validator;
    }

    void serve(ClaimLife claim, ClaimLife.Served report) {
      services++;
      switch (report.status()) {
        case MISSED -> missed++;
        case SLASHED -> slashed++;
        default -> {
          if (!claim.phase().isEnd()) {
            open++;
          }
        }
      }
      boolean agrees = report.output().isPresent() && report.output().equals(claim.output());
      if (claim.phase() == Phase.VALID && agrees && report.status() == Report.Status.REVEALED) {
        agreeing++;
        long mean = claim.credited().orElse(0L);
        credited += mean;
        if (mean > 0 && report.seconds().isPresent()) {
          ratios += (double) report.seconds().get() / mean;
          timed++;
        }
      }
    }

    /**
     * r_i: reported build time over the mean, averaged; empty where there is nothing to average.
     */
    Optional<Double> efficiency() {
      return timed == 0 ? Optional.empty() : Optional.of(ratios / timed);
    }
  }

  private List<Tally> tallies() {
    ChainIndex.Snapshot chain = index.snapshot();
    Known last = known;
    if (last.version() == chain.version()) {
      return last.all();
    }
    Map<Address, Tally> all = new LinkedHashMap<>();
    chain.others().forEach(log -> register(all, log));
    for (ClaimLife claim : chain.claims()) {
      for (ClaimLife.Served report : claim.reports()) {
        all.computeIfAbsent(report.validator(), Tally::new).serve(claim, report);
      }
    }
    List<Tally> sorted = new ArrayList<>(all.values());
    sorted.sort(
        Comparator.comparing((Tally t) -> t.left)
            .thenComparing(t -> -t.agreeing)
            .thenComparing(t -> -t.services)
            .thenComparing(t -> t.validator));
    Known next = new Known(chain.version(), List.copyOf(sorted));
    known = next;
    return next.all();
  }

  private static void register(Map<Address, Tally> all, Log log) {
    if (log.is(ValidatorRegistryAbi.JOINED)) {
      Values v = log.values(ValidatorRegistryAbi.JOINED);
      Tally t = tally(all, v.address(0));
      t.operator = v.address(1);
      t.available = true;
      t.left = false;
    } else if (log.is(ValidatorRegistryAbi.AVAILABILITY_CHANGED)) {
      Values v = log.values(ValidatorRegistryAbi.AVAILABILITY_CHANGED);
      tally(all, v.address(0)).available = v.flag(1);
    } else if (log.is(ValidatorRegistryAbi.STAKE_CHANGED)) {
      Values v = log.values(ValidatorRegistryAbi.STAKE_CHANGED);
      tally(all, v.address(0)).stake = v.number(1);
    } else if (log.is(ValidatorRegistryAbi.SLASHED)) {
      Values v = log.values(ValidatorRegistryAbi.SLASHED);
      Tally t = tally(all, v.address(0));
      t.lost = t.lost.add(v.number(1));
    } else if (log.is(ValidatorRegistryAbi.LEFT)) {
      Tally t = tally(all, log.values(ValidatorRegistryAbi.LEFT).address(0));
      t.available = false;
      t.left = true;
      t.stake = BigInteger.ZERO;
    } else if (log.is(RewardsAbi.REWARDED)) {
      Values v = log.values(RewardsAbi.REWARDED);
      Tally t = tally(all, v.address(1));
      t.rewards = t.rewards.add(v.number(3));
    }
  }

  private static Tally tally(Map<Address, Tally> all, Address validator) {
    return all.computeIfAbsent(validator, Tally::new);
  }

  void count(ObjectNode out) {
    List<Tally> all = tallies();
    out.put("all", all.stream().filter(t -> !t.left).count());
    out.put("available", all.stream().filter(t -> t.available).count());
  }

  /** A part of all validators, those that served most first. */
  ObjectNode list(Query query) {
    String wanted = query.text("q").toLowerCase(Locale.ROOT);
    List<Tally> all = tallies();
    List<Tally> found =
        all.stream()
            .filter(
                t ->
                    t.validator.toString().toLowerCase(Locale.ROOT).startsWith(wanted)
                        || t.operator.toString().toLowerCase(Locale.ROOT).startsWith(wanted))
            .toList();
    ObjectNode out = Json.object().put("total", found.size()).put("all", all.size());
    ArrayNode items = out.putArray("items");
    query.page(found).forEach(t -> write(t, items.addObject()));
    return out;
  }

  /** One validator, if it ever registered or served. */
  Optional<ObjectNode> one(Address validator) {
    return tallies().stream()
        .filter(t -> t.validator.equals(validator))
        .findFirst()
        .map(t -> write(t, Json.object()));
  }

  private static ObjectNode write(Tally t, ObjectNode out) {
    out.put("validator", t.validator.toString()).put("operator", t.operator.toString());
    out.put("stake", Json.amount(t.stake)).put("lost", Json.amount(t.lost));
    out.put("rewards", Json.amount(t.rewards));
    out.put("available", t.available).put("left", t.left);
    out.put("services", t.services).put("agreeing", t.agreeing).put("open", t.open);
    out.put("missed", t.missed).put("slashed", t.slashed).put("credited", t.credited);
    t.efficiency().ifPresent(e -> out.put("efficiency", e));
    return out;
  }
}
