package org.buildchain.daemon.chain.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.chain.abi.Word;
import org.buildchain.chain.claim.Outputs;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.diff.compare.TreeDiff;
import org.buildchain.diff.report.Difference;
import org.buildchain.diff.report.Report;
import org.buildchain.diff.report.ReportJson;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.disk.ObjectTree;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * In what two outputs of a claim differ, as blocks: made from this store, what is kept beside it
 * and the gateways; and read again. Both outputs are taken as data, nothing of them becomes valid
 * here. Thread-safe.
 */
public final class Evidence {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long MAX_BYTES = 1L << 30;
  private static final int KEPT_BYTES = 64 << 20;
  private static final int MAX_JSON = 1 << 20;
  private static final int MOST_SHOWN = 500;
  private static final int LONGEST = 600;

  private final DiskStore store;
  private final OutputBlocks kept;
  private final Gateways gateways;

  /** For one command: from its daemon's store, and by the gateways that its settings name. */
  public Evidence(CommandContext context, Settings settings) {
    this.store = context.services().store();
    this.kept = new OutputBlocks(context.services().root(), settings);
    this.gateways = new Gateways(store, settings, PATIENCE);
  }

  /**
   * Compares what was claimed with what was reported, and keeps that where {@code bc serve} finds
   * it.
   *
   * @return the CID of the evidence. Where outputs can't be had it says so.
   */
  public Cid make(Word published, Word reported) throws IOException, InterruptedException {
    Cid left = Outputs.cid(published);
    Cid right = Outputs.cid(reported);
    SortedMap<String, Cid> differences = new TreeMap<>();
    SortedMap<String, String> problems = new TreeMap<>();
    try {
      Blocks blocks = new Blocks();
      SortedMap<String, Cid> theirs = Outputs.read(blocks.get(left));
      SortedMap<String, Cid> ours = Outputs.read(blocks.get(right));
      TreeMap<String, Cid> all = new TreeMap<>(theirs);
      all.putAll(ours);
      for (String name : all.keySet()) {
        if (!theirs.containsKey(name) || !ours.containsKey(name)) {
          problems.put(name, "only one of both has an output of this name");
        } else if (!theirs.get(name).equals(ours.get(name))) {
          compare(name, theirs.get(name), ours.get(name), blocks, differences, problems);
        }
      }
    } catch (IOException | FormatException | StoreException e) {
      problems.put("", brief(e));
    }
    Block block = new EvidenceBlock(left, right, differences, problems).block();
    kept.keep(block);
    kept.trim();
    return block.cid();
  }

  private void compare(
      String name,
      Cid published,
      Cid reported,
      Blocks blocks,
      Map<String, Cid> differences,
      Map<String, String> problems)
      throws IOException {
    byte[] json;
    try {
      ObjectTree left = ObjectTree.open(published, blocks);
      ObjectTree right = ObjectTree.open(reported, blocks);
      Report report =
          TreeDiff.compare(
              left.tree(),
              right.tree(),
              Optional.of(left.path().hashPart()),
              Optional.of(right.path().hashPart()));
      json = json(report, published, reported);
    } catch (IOException | FormatException | StoreException | UncheckedIOException e) {
      problems.put(name, brief(e));
      return;
    }
    Block block = Block.of(Cid.Codec.RAW, json);
    kept.keep(block);
    differences.put(name, block.cid());
  }

  /** The differences as JSON, as many as fit into a block. */
  private static byte[] json(Report report, Cid published, Cid reported) {
    Report shown = report;
    while (true) {
      byte[] json =
          ReportJson.of(shown, published.toString(), reported.toString())
              .toString()
              .getBytes(StandardCharsets.UTF_8);
      if (json.length <= MAX_JSON) {
        return json;
      }
      List<Difference> all = shown.differences();
      int fewer = all.size() / 2;
      long omitted = shown.omitted() + all.size() - fewer;
      shown = new Report(all.subList(0, fewer), report.classes(), report.effect(), omitted);
    }
  }

  private static String brief(Exception e) {
    String message = String.valueOf(e.getMessage());
    return Octets.toText(message.substring(0, Math.min(LONGEST, message.length())));
  }

  /**
   * What evidence says, for people: {@code published}, {@code reported}, {@code outputs} with the
   * differences of each, {@code problems}; or {@code problem} alone. It was written by anybody:
   * only what has the right form is taken, and texts are cut.
   */
  ObjectNode read(Word digest) {
    ObjectNode out = new ObjectMapper().createObjectNode();
    try {
      Blocks blocks = new Blocks();
      EvidenceBlock evidence = EvidenceBlock.read(blocks.get(Outputs.cid(digest)));
      out.put("published", evidence.published().toString());
      out.put("reported", evidence.reported().toString());
      ArrayNode outputs = out.putArray("outputs");
      for (Map.Entry<String, Cid> one : evidence.differences().entrySet()) {
        JsonNode json = new ObjectMapper().readTree(blocks.get(one.getValue()));
        ObjectNode output = outputs.addObject().put("name", cut(one.getKey()));
        output.put("cid", one.getValue().toString());
        copy(json, output);
      }
      evidence
          .problems()
          .forEach(
              (name, why) -> outputs.addObject().put("name", cut(name)).put("problem", cut(why)));
    } catch (IOException | FormatException | StoreException | JacksonException e) {
      out.removeAll();
      out.put("problem", brief(e));
    }
    return out;
  }

  private static void copy(JsonNode json, ObjectNode out) {
    out.put("verdict", text(json, "verdict"));
    ObjectNode classes = out.putObject("classes");
    json.path("classes").properties().stream()
        .limit(MOST_SHOWN)
        .forEach(e -> classes.put(cut(e.getKey()), e.getValue().asLong(0)));
    ArrayNode differences = out.putArray("differences");
    long left = json.path("omitted").asLong(0);
    for (JsonNode d : json.path("differences")) {
      if (differences.size() >= MOST_SHOWN) {
        left++;
        continue;
      }
      ObjectNode one = differences.addObject().put("path", text(d, "path"));
      ArrayNode place = one.putArray("place");
      for (JsonNode p : d.path("place")) {
        place.add(cut(p.asString("")));
      }
      for (String key : List.of("class", "effect", "detail", "leftExcerpt", "rightExcerpt")) {
        one.put(key, text(d, key));
      }
      one.put("count", d.path("count").asLong(1));
    }
    out.put("omitted", left);
  }

  private static String text(JsonNode json, String key) {
    return cut(json.path(key).asString(""));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** Blocks of this store, kept beside it, or of gateways; for one thread and one comparison. */
  private final class Blocks implements Block.Source {
    private final Map<Cid, byte[]> recent = new LinkedHashMap<>(16, 0.75f, true);
    private long held;
    private long fetched;

    @Override
    public byte[] get(Cid cid) throws IOException {
      byte[] there = recent.get(cid);
      if (there != null) {
        return there;
      }
      Optional<byte[]> here = store.block(cid.toString());
      if (here.isEmpty()) {
        here = kept.get(cid);
      }
      byte[] data = here.isPresent() ? here.get() : fetch(cid);
      recent.put(cid, data);
      held += data.length;
      while (held > KEPT_BYTES) {
        Map.Entry<Cid, byte[]> eldest = recent.entrySet().iterator().next();
        held -= eldest.getValue().length;
        recent.remove(eldest.getKey());
      }
      return data;
    }

    private byte[] fetch(Cid cid) throws IOException {
      if (fetched > MAX_BYTES) {
        throw new IOException("the outputs are larger than this machine fetches to compare them");
      }
      try {
        byte[] data = gateways.block(cid);
        fetched += data.length;
        return data;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
