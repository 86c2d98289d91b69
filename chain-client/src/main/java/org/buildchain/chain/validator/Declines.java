package org.buildchain.chain.validator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * What a validator has declined of late, and why: a file in its folder, for its operator. Nothing
 * follows from it.
 */
public final class Declines {
  private static final String FILE = "declined";
  private static final int MOST = 64;

  private Declines() {}

  /**
   * A derivation that wasn't rebuilt.
   *
   * @param time of the chain, in seconds since 1970
   */
  public record Decline(
      Word claim, Word derivation, Rebuilder.Reason reason, String text, long time) {}

  /**
   * The last ones, oldest first; none where nothing can be read.
   *
   * @param state the validator's folder
   */
  public static List<Decline> read(Path state) throws IOException {
    List<Decline> all = new ArrayList<>();
    try {
      for (JsonNode one : new ObjectMapper().readTree(Files.readString(state.resolve(FILE)))) {
        all.add(
            new Decline(
                Word.parse(one.path("claim").asString("")),
                Word.parse(one.path("derivation").asString("")),
                Rebuilder.Reason.valueOf(one.path("reason").asString("").toUpperCase(Locale.ROOT)),
                one.path("text").asString(""),
                one.path("time").asLong(0)));
      }
    } catch (NoSuchFileException | JacksonException | FormatException e) {
      // Nothing was declined, or a crash cut it short.
    } catch (IllegalArgumentException e) {
      // Of another version: its reasons aren't known here.
    }
    return all;
  }

  static void add(Path state, Decline decline) throws IOException {
    List<Decline> all = read(state);
    all.add(decline);
    ArrayNode array = new ObjectMapper().createArrayNode();
    for (Decline one : all.subList(Math.max(0, all.size() - MOST), all.size())) {
      array
          .addObject()
          .put("claim", one.claim().toString())
          .put("derivation", one.derivation().toString())
          .put("reason", one.reason().word())
          .put("text", one.text())
          .put("time", one.time());
    }
    StateFiles.write(state, FILE, array + "\n");
  }
}
