package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.CarScope;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;

/**
 * Blocks and CAR files by CID, for whoever verifies them. Source: "Trustless Gateway
 * Specification", specs.ipfs.tech: {@code /ipfs/{cid}} with {@code format} or {@code Accept}, and
 * {@code dag-scope}. Paths below a CID and {@code entity-bytes} are not served.
 */
final class Gateway {
  private static final String RAW = "application/vnd.ipld.raw";
  private static final String CAR = "application/vnd.ipld.car";
  private static final long SECONDS = 29030400;

  private final DiskStore store;
  private final Path loose;

  /**
   * A gateway.
   *
   * @param loose a folder of further blocks by CID, each a file
   */
  Gateway(DiskStore store, Path loose) {
    this.store = store;
    this.loose = loose;
  }

  /**
   * Answers a GET or HEAD.
   *
   * @param rest what stands behind {@code /ipfs/}
   * @param query may be empty
   * @param accept may be empty
   */
  Answer get(String rest, String query, String accept) throws IOException {
    if (rest.indexOf('/') >= 0) {
      return Answer.message(501, "paths below a CID are not resolved here: ask for blocks by CID");
    }
    Map<String, String> parameters = parameters(query);
    if (parameters.containsKey("entity-bytes")) {
      return Answer.message(501, "'entity-bytes' is not served here");
    }
    try {
      return switch (format(parameters, accept)) {
        case "raw" -> raw(rest);
        case "car" -> car(rest, parameters, accept);
        default ->
            Answer.message(
                406, "this gateway serves " + RAW + " and " + CAR + ": say which by 'Accept'");
      };
    } catch (FormatException e) {
      return Answer.message(400, e.getMessage());
    }
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String one : query.split("&", 64)) {
      int equals = one.indexOf('=');
      if (equals > 0) {
        parameters.putIfAbsent(one.substring(0, equals), one.substring(equals + 1));
      }
    }
    return parameters;
  }

  /** The parameter counts more than the header. */
  private static String format(Map<String, String> parameters, String accept) {
    String format = parameters.get("format");
    if (format != null) {
      return format;
    }
    String wanted = accept.toLowerCase(Locale.ROOT);
    return wanted.contains(RAW) ? "raw" : wanted.contains(CAR) ? "car" : "";
  }

  private Answer raw(String cid) throws IOException {
    Optional<byte[]> block = store.block(cid);
    if (block.isEmpty()) {
      block = loose(Cid.parse(cid));
    }
    if (block.isEmpty()) {
      return Answer.missing("this block");
    }
    return answer(RAW, "\"" + cid + ".raw\"", Answer.held(block.get()), cid + ".bin");
  }

  private Optional<byte[]> loose(Cid cid) throws IOException {
    try (InputStream in = Files.newInputStream(loose.resolve(cid.toString()))) {
      return Optional.of(in.readNBytes(Block.MAX_SIZE)).filter(cid::matches);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Answer car(String cid, Map<String, String> parameters, String accept) throws IOException {
    boolean another =
        !parameters.getOrDefault("car-version", "1").equals("1")
            || accept.replace(" ", "").contains("version=2");
    if (another) {
      return Answer.message(406, "CAR files have version 1 here");
    }
    CarScope scope =
        switch (parameters.getOrDefault("dag-scope", "all")) {
          case "block" -> CarScope.BLOCK;
          case "entity" -> CarScope.ENTITY;
          case "all" -> CarScope.ALL;
          default ->
              throw new FormatException("'dag-scope'", "expected 'block', 'entity' or 'all'");
        };
    try {
      if (store.block(cid).isEmpty()) {
        return Answer.missing("this block");
      }
    } catch (StoreException e) {
      return Answer.missing("this block");
    }
    // Another scope is another file of the same root.
    String tag = "\"" + cid + ".car." + scope.name().toLowerCase(Locale.ROOT) + "\"";
    return answer(
        CAR + "; version=1; order=dfs; dups=n",
        tag,
        Answer.streamed(out -> store.exportCar(cid, 1, scope, out)),
        cid + ".car");
  }

  private static Answer answer(String type, String tag, Answer.Body body, String file) {
    return new Answer(200, type, Optional.of(tag), SECONDS, body)
        .with("Content-Disposition", "attachment; filename=\"" + file + "\"")
        .with("Cache-Control", "public, max-age=" + SECONDS + ", immutable");
  }
}
