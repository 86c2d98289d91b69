package org.buildchain.language.flake;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.fetch.Input;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StoreDir;

/** What is known of a flake without its outputs: {@code nix flake metadata}. */
public final class FlakeMetadata {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final FlakeRef original;
  private final FlakeFile flake;
  private final LockNode root;
  private final String path;

  private FlakeMetadata(FlakeRef original, FlakeFile flake, LockNode root, StoreDir dir) {
    this.original = original;
    this.flake = flake;
    this.root = root;
    this.path = dir.containing(flake.folder()).map(dir::print).orElse(flake.folder());
  }

  /**
   * Of a flake, which is fetched and locked.
   *
   * @throws org.buildchain.language.error.EvalException if there is no such flake
   * @throws LockNeeded if the lock file has to be written first
   */
  public static FlakeMetadata of(Evaluator ev, String reference, LockOptions options) {
    Flakes.Named named = Flakes.locked(ev, reference, options, false);
    return new FlakeMetadata(
        named.ref(), named.locked().flake(), named.locked().root(), ev.host().storeDir());
  }

  private Optional<Long> lastModified() {
    return flake.locked().input().number("lastModified");
  }

  /** A line of JSON. */
  public String json() {
    FlakeRef locked = flake.locked();
    SortedMap<String, Object> all = new TreeMap<>();
    flake.description().ifPresent(d -> all.put("description", d));
    all.put("originalUrl", original.toString());
    all.put("original", original.attributes());
    all.put("resolvedUrl", flake.resolved().toString());
    all.put("resolved", flake.resolved().attributes());
    all.put("url", locked.toString());
    all.put("locked", locked.attributes());
    locked.input().rev().ifPresent(r -> all.put("revision", r));
    locked.input().text("dirtyRev").ifPresent(r -> all.put("dirtyRevision", r));
    locked.input().number("revCount").ifPresent(n -> all.put("revCount", n));
    lastModified().ifPresent(n -> all.put("lastModified", n));
    all.put("path", path);
    all.put("locks", LockText.json(root));
    fingerprint().ifPresent(f -> all.put("fingerprint", f));
    return FlakeJson.compact(all);
  }

  /**
   * For people, a few lines.
   *
   * @param zone in which the time of the last change is told
   */
  public List<String> text(ZoneId zone, boolean colours) {
    TreeLines style = new TreeLines(colours);
    FlakeRef locked = flake.locked();
    List<String> out = new ArrayList<>();
    Map<String, Optional<String>> fields = new LinkedHashMap<>();
    fields.put("Resolved URL:  ", Optional.of(flake.resolved().toString()));
    fields.put(
        "Locked URL:    ",
        Optional.of(locked).filter(l -> l.input().isLocked()).map(FlakeRef::toString));
    fields.put("Description:   ", flake.description());
    fields.put("Path:          ", Optional.of(path));
    fields.put("Revision:      ", locked.input().rev().or(() -> locked.input().text("dirtyRev")));
    fields.put("Revisions:     ", locked.input().number("revCount").map(n -> Long.toString(n)));
    fields.put("Last modified: ", lastModified().map(n -> time(n, zone)));
    fields.put("Fingerprint:   ", fingerprint());
    fields.forEach(
        (title, value) ->
            value.ifPresent(
                v -> {
                  String word = title.strip();
                  out.add(style.bold(word) + title.substring(word.length()) + v);
                }));
    if (!root.inputs().isEmpty()) {
      out.add(style.bold("Inputs:"));
      inputs(root, "", style, Collections.newSetFromMap(new IdentityHashMap<>()), out);
    }
    return out;
  }

  private static String time(long seconds, ZoneId zone) {
    return TIME.format(Instant.ofEpochSecond(seconds).atZone(zone));
  }

  private static void inputs(
      LockNode node, String prefix, TreeLines style, Set<LockNode> visited, List<String> out) {
    for (Iterator<Map.Entry<String, LockNode.Edge>> i = node.inputs().entrySet().iterator();
        i.hasNext(); ) {
      Map.Entry<String, LockNode.Edge> e = i.next();
      String line =
          prefix + (i.hasNext() ? TreeLines.BETWEEN : TreeLines.LAST) + style.bold(e.getKey());
      switch (e.getValue()) {
        case LockNode.Follows f ->
            out.add(line + " follows input '" + String.join("/", f.path()) + "'");
        case LockNode.Child c -> {
          FlakeRef locked = c.node().lock().orElseThrow().locked();
          String when =
              locked
                  .input()
                  .number("lastModified")
                  .map(n -> " (" + time(n, ZoneOffset.UTC) + ")")
                  .orElse("");
          out.add(line + ": " + locked + when);
          if (visited.add(c.node())) {
            String deeper = i.hasNext() ? TreeLines.LINE : TreeLines.NOTHING;
            inputs(c.node(), prefix + deeper, style, visited, out);
          }
        }
      }
    }
  }

  /**
   * Nix's name for what an evaluation of the flake depends on, where its tree has a name that says
   * all of its content. Unlike in Nix, a repository's folder that was changed has none.
   */
  private Optional<String> fingerprint() {
    if (LockFile.unlocked(root).isPresent()) {
      return Optional.empty();
    }
    Input in = flake.locked().input();
    Optional<String> tree =
        switch (in.type()) {
          case "git" ->
              in.rev()
                  .map(
                      r ->
                          r
                              + (in.flag("submodules") ? ";s" : "")
                              + (in.flag("exportIgnore") ? ";e" : ""));
          case "file", "tarball" -> in.narHash().map(h -> h.encode(Hash.Format.SRI)).or(in::rev);
          default -> in.rev();
        };
    String counted = in.number("revCount").map(n -> ";revCount=" + n).orElse("");
    String changed = lastModified().map(n -> ";lastModified=" + n).orElse("");
    String rest =
        ";" + flake.locked().dir() + ";" + FlakeJson.indented(LockText.json(root)) + counted;
    return tree.map(
        t ->
            Hash.of(HashAlgorithm.SHA256, Octets.bytes(t + rest + changed))
                .encode(Hash.Format.BASE16));
  }
}
