package org.buildchain.chain.validator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.buildchain.chain.abi.Word;
import org.buildchain.store.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What was rebuilt for each claim: in memory, and on disk as one file each, so that a restart
 * reveals what was committed to even where another build would give another output. A disk that is
 * full for a while is tried again. Thread-safe.
 */
final class Results {
  private static final String SUFFIX = ".json";
  private static final String CURSOR = "cursor";

  private final Path folder;
  private final Consumer<String> notes;
  private final Map<Word, Rebuilder.Rebuilt> results = new ConcurrentHashMap<>();
  private final Set<Word> kept = ConcurrentHashMap.newKeySet();
  private volatile String problem = "";

  Results(Path folder, Consumer<String> notes) {
    this.folder = folder;
    this.notes = notes;
  }

  /** Reads what an earlier process kept. What a crash or a full disk cut short is left out. */
  void read() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        parse(Files.readString(file));
      }
    } catch (NoSuchFileException e) {
      // There were none yet.
    } catch (IOException e) {
      complain("read", e);
    }
  }

  private void parse(String text) {
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      Word claim = Word.parse(json.path("claim").asString(""));
      Word output = Word.parse(json.path("output").asString(""));
      results.put(claim, new Rebuilder.Rebuilt(output, json.path("seconds").asLong()));
      kept.add(claim);
    } catch (JacksonException | FormatException e) {
      notes.accept("warning: a note in " + folder + " can't be read: " + e.getMessage());
    }
  }

  Optional<Rebuilder.Rebuilt> get(Word claim) {
    return Optional.ofNullable(results.get(claim));
  }

  /** The claims of which something is known. */
  Set<Word> claims() {
    return Set.copyOf(results.keySet());
  }

  /** Notes a result, on disk too if that can be. */
  void put(Word claim, Rebuilder.Rebuilt result) {
    results.put(claim, result);
    kept.remove(claim);
    isKept(claim);
  }

  /** Whether a result is safe on disk by now. */
  boolean isKept(Word claim) {
    Rebuilder.Rebuilt result = results.get(claim);
    if (kept.contains(claim) || result == null) {
      return result != null;
    }
    String json =
        new ObjectMapper()
            .createObjectNode()
            .put("claim", claim.toString())
            .put("output", result.output().toString())
            .put("seconds", result.seconds())
            .toString();
    try {
      write(name(claim), json);
    } catch (IOException e) {
      complain("write to", e);
      return false;
    }
    kept.add(claim);
    return true;
  }

  void forget(Word claim) {
    results.remove(claim);
    kept.remove(claim);
    try {
      Files.deleteIfExists(folder.resolve(name(claim)));
    } catch (IOException e) {
      complain("write to", e);
    }
  }

  private static String name(Word claim) {
    return claim.toString().substring(2) + SUFFIX;
  }

  /** The block behind which nothing is open; {@code initial} if that isn't known. */
  long cursor(long initial) {
    try {
      return Long.parseLong(Files.readString(folder.resolve(CURSOR)).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return initial;
    } catch (IOException e) {
      complain("read", e);
      return initial;
    }
  }

  /** Notes where a restart begins to look; what can't be noted makes it look further back. */
  void setCursor(long block) {
    try {
      write(CURSOR, block + "\n");
    } catch (IOException e) {
      complain("write to", e);
    }
  }

  /** Once for each problem, and not in every step. */
  private void complain(String what, IOException e) {
    String text = "warning: cannot " + what + " " + folder + ": " + e.getMessage();
    if (!text.equals(problem)) {
      problem = text;
      notes.accept(text);
    }
  }

  private synchronized void write(String name, String text) throws IOException {
    StateFiles.write(folder, name, text);
  }
}
