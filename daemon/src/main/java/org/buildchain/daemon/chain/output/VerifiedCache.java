package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Optional;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Claims;
import org.buildchain.chain.network.Network;
import org.buildchain.store.format.FormatException;

/**
 * What the chain said of derivations in the last minutes, so that to check a path again asks
 * nobody. A claim that contradicts an earlier one is noticed that much later. Only what is valid is
 * kept.
 */
final class VerifiedCache {
  private static final long FRESH_SECONDS = 600;
  private static final int FIELDS = 5;

  private final Path folder;
  private final Clock clock;

  VerifiedCache(Path root, Network network, Clock clock) {
    this.folder =
        root.resolve("chain/verified")
            .resolve(network.genesis().toString().substring(2, 18) + "-" + network.claims());
    this.clock = clock;
  }

  /**
   * What was said.
   *
   * @param block the newest one then
   */
  record Known(Claims.Entry entry, long block) {}

  Optional<Known> get(Word derivation) throws IOException {
    String[] fields;
    try {
      fields = Files.readString(file(derivation)).strip().split(" ", FIELDS + 1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      long age = clock.instant().getEpochSecond() - Long.parseLong(fields[4]);
      if (fields.length != FIELDS || age < 0 || age > FRESH_SECONDS) {
        return Optional.empty();
      }
      Claims.Entry entry =
          new Claims.Entry(
              Word.parse(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
      return Optional.of(new Known(entry, Long.parseLong(fields[3])));
    } catch (FormatException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      // A crash cut it short.
      return Optional.empty();
    }
  }

  void put(Word derivation, Known known) throws IOException {
    Files.createDirectories(folder);
    Path next = folder.resolve("." + derivation + ".new");
    Claims.Entry entry = known.entry();
    Files.writeString(
        next,
        entry.output()
            + " "
            + entry.since()
            + " "
            + entry.validators()
            + " "
            + known.block()
            + " "
            + clock.instant().getEpochSecond()
            + "\n");
    Files.move(next, file(derivation), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path file(Word derivation) {
    return folder.resolve(derivation.toString());
  }
}
