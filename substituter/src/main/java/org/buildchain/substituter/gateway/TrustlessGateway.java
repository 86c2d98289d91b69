package org.buildchain.substituter.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.HashAlgorithm;

/**
 * Blocks and CAR files by CID, or by a CID and a path, for whoever verifies them. Source:
 * "Trustless Gateway Specification", specs.ipfs.tech. Whatever is asked for, only blocks are sent
 * that are here. Thread-safe.
 */
public final class TrustlessGateway {
  private static final long SECONDS = 29030400;
  private static final int MAX_SEGMENTS = 128;

  private final BlockFinder blocks;

  /**
   * A gateway.
   *
   * @param loose a folder of further blocks, each a file named by its CID
   */
  public TrustlessGateway(DiskStore store, Path loose) {
    this.blocks = new BlockFinder(store, loose);
  }

  /**
   * Answers a GET or HEAD.
   *
   * @param rest what stands behind {@code /ipfs/}, decoded
   * @param query may be empty
   * @param accept may be empty
   */
  public Reply get(String rest, String query, String accept) throws IOException {
    Wanted wanted = new Wanted(query, accept);
    if (wanted.type().isEmpty()) {
      return Reply.message(
          406,
          "this gateway serves "
              + Wanted.RAW
              + " and "
              + Wanted.CAR
              + ": say which by 'Accept' or 'format'");
    }
    try {
      List<String> segments = segments(rest);
      AnyCid root = AnyCid.parse(segments.getFirst());
      Optional<Resolved> target = Resolved.of(root, segments.subList(1, segments.size()), blocks);
      if (target.isEmpty() || blocks.find(target.get().last()).isEmpty()) {
        return Reply.message(404, "this is not here");
      }
      Reply reply =
          wanted.type().equals(Wanted.RAW)
              ? raw(target.get().last(), wanted)
              : car(target.get(), wanted, rest);
      return located(reply, rest, target.get());
    } catch (FormatException e) {
      return Reply.message(400, e.getMessage());
    }
  }

  private static List<String> segments(String rest) {
    List<String> segments = new ArrayList<>();
    for (String one : rest.split("/", MAX_SEGMENTS + 2)) {
      if (!one.isEmpty()) {
        segments.add(segments.isEmpty() ? one : Octets.fromText(one));
      }
    }
    if (segments.isEmpty() || segments.size() > MAX_SEGMENTS) {
      throw new FormatException("path", "expected a CID and " + MAX_SEGMENTS + " names at most");
    }
    return segments;
  }

  private static Reply located(Reply reply, String rest, Resolved target) {
    Map<String, String> headers = new HashMap<>(reply.headers());
    headers.put(
        "X-Ipfs-Roots", target.roots().stream().map(c -> "" + c).collect(Collectors.joining(",")));
    if (rest.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      headers.put("X-Ipfs-Path", "/ipfs/" + rest);
    }
    headers.put("Cache-Control", "public, max-age=" + SECONDS + ", immutable");
    // Whoever gets a block verifies it, wherever the page comes from that asks.
    headers.put("Access-Control-Allow-Origin", "*");
    headers.put(
        "Access-Control-Expose-Headers",
        "Content-Length, Content-Range, X-Ipfs-Path, X-Ipfs-Roots");
    return new Reply(reply.status(), reply.type(), reply.tag(), headers, reply.content());
  }

  private Reply raw(AnyCid cid, Wanted wanted) throws IOException {
    return new Reply(
        200,
        Wanted.RAW,
        Optional.of("\"" + cid + ".raw\""),
        attachment(wanted, cid + ".bin"),
        new Reply.Content.Held(blocks.get(cid)));
  }

  private Reply car(Resolved target, Wanted wanted, String rest) {
    if (!wanted.ofCar("version", "1").equals("1")) {
      return Reply.message(406, "CAR files have version 1 here");
    }
    Optional<EntityBytes> range = wanted.parameter("entity-bytes").map(EntityBytes::parse);
    CarStream.Scope scope =
        switch (wanted.parameter("dag-scope").orElse(range.isPresent() ? "entity" : "all")) {
          case "block" -> CarStream.Scope.BLOCK;
          case "entity" -> CarStream.Scope.ENTITY;
          case "all" -> CarStream.Scope.ALL;
          default ->
              throw new FormatException("'dag-scope'", "expected 'block', 'entity' or 'all'");
        };
    boolean twice = wanted.ofCar("dups", "n").equals("y");
    Map<String, String> headers = attachment(wanted, target.last() + ".car");
    headers.put("Accept-Ranges", "none");
    // Another path, scope or part is another file.
    String what = rest + "\n" + scope + "\n" + range + "\n" + twice;
    byte[] digest = HashAlgorithm.SHA256.newDigest().digest(what.getBytes(StandardCharsets.UTF_8));
    String hex = HexFormat.of().formatHex(Arrays.copyOf(digest, 8));
    Optional<EntityBytes> part = scope == CarStream.Scope.ENTITY ? range : Optional.empty();
    return new Reply(
        200,
        Wanted.CAR + "; version=1; order=dfs; dups=" + (twice ? "y" : "n"),
        Optional.of("W/\"" + target.last() + ".car." + hex + "\""),
        headers,
        new Reply.Content.Streamed(
            out -> new CarStream(blocks, out, twice).write(target, scope, part)));
  }

  private static Map<String, String> attachment(Wanted wanted, String otherwise) {
    String name = wanted.parameter("filename").orElse(otherwise);
    String plain = name.replaceAll("[^ !#-\\[\\]-~]", "_");
    String extended =
        plain.equals(name)
            ? ""
            : "; filename*=UTF-8''"
                + java.net.URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    Map<String, String> headers = new HashMap<>();
    headers.put(
        "Content-Disposition",
        String.format(Locale.ROOT, "attachment; filename=\"%s\"%s", plain, extended));
    return headers;
  }
}
