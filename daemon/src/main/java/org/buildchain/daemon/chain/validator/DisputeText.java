package org.buildchain.daemon.chain.validator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A dispute in words.
 *
 * @param dispute as the explorer's API has it
 * @param now the chain's time, in seconds since 1970
 */
public record DisputeText(JsonNode dispute, long now) {
  private static final int BRIEF = 12;
  private static final int MOST_DIFFERENCES = 20;
  private static final int MINUTE = 60;
  private static final List<String> OUTCOMES = List.of("non-determinism", "publisher", "validator");
  private static final Map<String, String> VERDICTS =
      Map.of(
          "non-determinism", "the build is not deterministic, nobody is to blame",
          "publisher", "the publisher is wrong",
          "validator", "the validator is wrong");
  private static final Map<String, String> DIFFERENCES =
      Map.of(
          "same", "no difference",
          "harmless", "nothing that runs reads what differs",
          "data", "data differ that programs may read",
          "code", "code differs, or something that is not understood");

  /** Without anything that a terminal would obey. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    c == '\n' || !(Character.isISOControl(c) || isSteering(c)) ? c : 0xFFFD));
    return out.toString();
  }

  /** What turns the direction of writing, or is seen by nobody. */
  private static boolean isSteering(int c) {
    return Character.getType(c) == Character.FORMAT;
  }

  /** One line. */
  public String brief() {
    String market = dispute.has("market") ? leader() : "no market";
    return text("id").substring(0, BRIEF)
        + "  "
        + name()
        + ", validation "
        + (dispute.path("report").asLong() + 1)
        + ": "
        + (dispute.has("verdict") ? verdict() : market + "; " + remaining())
        + "\n";
  }

  /** All of it. */
  public String full() {
    List<String> lines = new ArrayList<>();
    lines.add("dispute " + text("id"));
    lines.add(
        "about " + name() + ", validation " + (dispute.path("report").asLong() + 1) + " of claim");
    lines.add("  " + text("claim"));
    lines.add("claimed  " + text("published") + " by " + text("publisher"));
    lines.add("rebuilt  " + text("reported") + " by " + text("validator"));
    lines.add(dispute.has("verdict") ? "verdict: " + verdict() : remaining());
    jury(lines);
    market(lines);
    evidence(lines);
    return String.join("\n", lines) + "\n";
  }

  private String text(String key) {
    return dispute.path(key).asString("");
  }

  private String name() {
    return dispute.has("name") ? text("name") : "derivation " + text("derivation");
  }

  private String verdict() {
    return VERDICTS.getOrDefault(text("verdict"), text("verdict"));
  }

  private String remaining() {
    long left = dispute.path("deadline").asLong() - now;
    return left > 0
        ? "the jury has "
            + span(left)
            + " more (until "
            + Instant.ofEpochSecond(dispute.path("deadline").asLong())
            + ")"
        : "the jury's time is over; 'bc market settle' or anybody moves the claim on";
  }

  private static String span(long seconds) {
    return seconds < MINUTE ? seconds + " s" : (seconds + MINUTE - 1) / MINUTE + " min";
  }

  private void jury(List<String> lines) {
    JsonNode seats = dispute.path("jury");
    if (seats.isEmpty()) {
      lines.add(
          dispute.has("verdict")
              ? "jury: none, too few validators were left to seat one"
              : "jury: not drawn yet");
      return;
    }
    long voted = 0;
    StringBuilder known = new StringBuilder();
    for (JsonNode seat : seats) {
      voted += seat.path("voted").asBoolean(false) ? 1 : 0;
      if (seat.has("vote")) {
        known.append(known.isEmpty() ? ": " : ", ").append(seat.path("vote").asString(""));
      }
    }
    lines.add("jury: " + voted + " of " + seats.size() + " jurors have voted" + known);
  }

  private String leader() {
    JsonNode prices = dispute.path("market").path("prices");
    int best = 0;
    for (int i = 1; i < OUTCOMES.size(); i++) {
      if (prices.path(i).asDouble(0) > prices.path(best).asDouble(0)) {
        best = i;
      }
    }
    return "the market says " + OUTCOMES.get(best) + " " + percent(prices.path(best).asDouble(0));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private void market(List<String> lines) {
    JsonNode market = dispute.path("market");
    if (market.isMissingNode()) {
      String how = "; 'bc market open " + text("id").substring(0, BRIEF) + "' opens one";
      lines.add("market: none" + (dispute.has("verdict") ? "" : how));
      return;
    }
    lines.add(
        "market: liquidity "
            + market.path("liquidity").asString("")
            + " BCT, opened by "
            + market.path("sponsor").asString(""));
    for (int i = 0; i < OUTCOMES.size(); i++) {
      String outcome = OUTCOMES.get(i);
      boolean won = market.path("outcome").asString("").equals(outcome);
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-16s %8s   %s shares sold%s",
              outcome,
              percent(market.path("prices").path(i).asDouble(0)),
              market.path("sold").path(i).asString(""),
              won ? "   came true: each pays 1 BCT" : ""));
    }
  }

  private void evidence(List<String> lines) {
    for (JsonNode evidence : dispute.path("attached")) {
      String by = evidence.path("by").asString("");
      String who =
          by.equals(text("validator"))
              ? "the validator that disagrees"
              : by.equals(text("publisher")) ? "the publisher" : by;
      lines.add("evidence " + evidence.path("cid").asString("") + " by " + who);
      JsonNode content = evidence.path("content");
      if (content.has("problem")) {
        lines.add("  cannot be read here: " + content.path("problem").asString(""));
        continue;
      }
      boolean meant =
          content.path("published").asString("").equals(text("published"))
              && content.path("reported").asString("").equals(text("reported"));
      if (!meant) {
        lines.add("  speaks of other outputs than the dispute does");
      }
      content.path("outputs").forEach(output -> differences(output, lines));
    }
  }

  private static void differences(JsonNode output, List<String> lines) {
    String name = output.path("name").asString("");
    if (output.has("problem")) {
      lines.add(
          "  output "
              + (name.isEmpty() ? "(all)" : name)
              + ": could not be compared: "
              + output.path("problem").asString(""));
      return;
    }
    String verdict = output.path("verdict").asString("");
    lines.add("  output " + name + ": " + DIFFERENCES.getOrDefault(verdict, verdict));
    int shown = 0;
    for (JsonNode d : output.path("differences")) {
      if (shown++ == MOST_DIFFERENCES) {
        break;
      }
      List<String> where = new ArrayList<>();
      String path = d.path("path").asString("");
      where.add(path.isEmpty() ? "." : path);
      d.path("place").forEach(p -> where.add(p.asString("")));
      String detail = d.path("detail").asString("");
      lines.add(
          "    "
              + String.join(" > ", where)
              + ": "
              + d.path("class").asString("")
              + (d.path("count").asLong(1) > 1 ? " × " + d.path("count").asLong(1) : "")
              + (detail.isEmpty() ? "" : ": " + detail));
      excerpt("-", d.path("leftExcerpt").asString(""), lines);
      excerpt("+", d.path("rightExcerpt").asString(""), lines);
    }
    long more =
        output.path("omitted").asLong(0)
            + Math.max(0, output.path("differences").size() - MOST_DIFFERENCES);
    if (more > 0) {
      lines.add("    and " + more + " more; --json has them");
    }
  }

  private static void excerpt(String sign, String text, List<String> lines) {
    if (!text.isEmpty()) {
      lines.add("      " + sign + " " + text.replace('\n', ' '));
    }
  }
}
