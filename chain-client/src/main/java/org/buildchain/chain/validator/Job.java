package org.buildchain.chain.validator;

import java.util.Optional;
import org.buildchain.chain.abi.Word;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a validator was drawn for, and what came of it.
 *
 * @param claim the claim
 * @param number of the report, or for a juror's seat the report that is disputed
 * @param seat the juror's seat; empty for a report
 * @param derivation digest of the CID of the derivation
 * @param result what was rebuilt, once it was
 */
record Job(
    Word claim,
    long number,
    Optional<Long> seat,
    Word derivation,
    Optional<Rebuilder.Rebuilt> result) {

  /** What no other job of the validator is called; a file's name. */
  String name() {
    return claim.toString().substring(2) + "-" + number + seat.map(s -> "-seat" + s).orElse("");
  }

  Job with(Rebuilder.Rebuilt rebuilt) {
    return new Job(claim, number, seat, derivation, Optional.of(rebuilt));
  }

  String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("claim", claim.toString()).put("number", number);
    seat.ifPresent(s -> json.put("seat", s));
    json.put("derivation", derivation.toString());
    result.ifPresent(r -> json.put("output", r.output().toString()).put("seconds", r.seconds()));
    return json.toString();
  }

  /** What {@link #json} wrote; empty if a crash or a full disk left something else. */
  static Optional<Job> parse(String text) {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      return Optional.of(
          new Job(
              Word.parse(json.path("claim").asString("")),
              json.path("number").asLong(),
              json.has("seat") ? Optional.of(json.path("seat").asLong()) : Optional.empty(),
              Word.parse(json.path("derivation").asString("")),
              json.has("output")
                  ? Optional.of(
                      new Rebuilder.Rebuilt(
                          Word.parse(json.path("output").asString("")),
                          json.path("seconds").asLong()))
                  : Optional.empty()));
    } catch (JacksonException | org.buildchain.store.format.FormatException e) {
      return Optional.empty();
    }
  }
}
