package org.buildchain.substituter.serve;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.derivation.site.BuildLogs;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.http.ResponseBody;
import org.buildchain.substituter.narinfo.Listing;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * What a binary cache holds, by the path of the URL. Nothing of a path reaches the file system:
 * what is asked for is taken apart and looked up.
 */
final class Cache {
  private static final Pattern HASH_PART = Pattern.compile("[0-9a-z]{32}");
  private static final Pattern REALISATION =
      Pattern.compile("sha256:([0-9a-f]{64})!([0-9a-zA-Z+\\-._?=]{1,211})");

  private static final Pattern BUILD_ID = Pattern.compile("([0-9a-f]{40})(?:\\.debug)?");

  /** A compressed NAR up to this size is waited for, so that its length can be said. */
  private static final long SMALL = 4L << 20;

  /** NARs that are compressed while they are sent: xz takes some 30 MiB for each. */
  private static final int MAX_UNKEPT = 16;

  private static final long INFO_SECONDS = 3600;

  private final DiskStore store;
  private final BuildLogs logs;
  private final KnownPaths paths;
  private final NarInfos infos;
  private final KeptNars kept;
  private final PlainNars plain;
  private final int priority;
  private final Compression own;
  private final DebugInfo debugInfo;
  private final Predicate<StorePath> admits;
  private final Semaphore unkept = new Semaphore(MAX_UNKEPT);

  /**
   * A cache.
   *
   * @param own how the NARs are compressed that narinfos name
   * @param admits which paths are there for clients
   */
  Cache(
      DiskStore store,
      BuildLogs logs,
      NarInfos infos,
      KeptNars kept,
      PlainNars plain,
      int priority,
      Compression own,
      Predicate<StorePath> admits) {
    this.admits = admits;
    this.own = own;
    this.debugInfo = new DebugInfo(store);
    this.store = store;
    this.logs = logs;
    this.paths = new KnownPaths(store);
    this.infos = infos;
    this.kept = kept;
    this.plain = plain;
    this.priority = priority;
  }

  /** Takes an answer that must be used before it returns. */
  @FunctionalInterface
  interface Sender {
    void send(Answer answer) throws IOException;
  }

  /**
   * Answers a GET or HEAD of a path. What is sent stays in the store until then.
   *
   * @param codings that the client takes for plain NARs; may be empty
   */
  void get(String path, String codings, Sender sender) throws IOException {
    try (Store.Use _ = store.use()) {
      if (path.equals("/")) {
        sender.send(Answer.message(200, "a Nix binary cache of Build Chain"));
      } else if (path.equals("/nix-cache-info")) {
        sender.send(text("text/x-nix-cache-info", cacheInfo(), INFO_SECONDS));
      } else if (path.endsWith(".narinfo")) {
        sender.send(narInfo(path));
      } else if (path.endsWith(".ls")) {
        sender.send(listing(path));
      } else if (path.startsWith("/nar/")) {
        nar(path.substring(5), codings, sender);
      } else if (path.startsWith("/log/")) {
        log(path.substring(5), sender);
      } else if (path.startsWith("/realisations/") && path.endsWith(".doi")) {
        sender.send(realisation(path.substring(14, path.length() - 4)));
      } else if (path.startsWith("/debuginfo/")) {
        sender.send(debugInfo(path.substring(11)));
      } else {
        sender.send(Answer.missing("'" + path + "'"));
      }
    }
  }

  private byte[] cacheInfo() {
    return ("StoreDir: " + store.dir() + "\nWantMassQuery: 1\nPriority: " + priority + "\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Answer text(String type, byte[] bytes, long seconds) {
    byte[] digest = HashAlgorithm.SHA256.newDigest().digest(bytes);
    String tag = "\"" + HexFormat.of().formatHex(Arrays.copyOf(digest, 16)) + "\"";
    return new Answer(200, type, Optional.of(tag), seconds, Answer.held(bytes));
  }

  /** The path with this hash part. */
  private Optional<PathInfo> find(String hashPart) {
    return HASH_PART.matcher(hashPart).matches()
        ? paths.find(hashPart).filter(i -> admits.test(i.path()))
        : Optional.empty();
  }

  private Answer narInfo(String path) {
    return find(path.substring(1, path.length() - ".narinfo".length()))
        .map(i -> text("text/x-nix-narinfo", infos.text(i), INFO_SECONDS))
        .orElseGet(() -> Answer.missing("a path with this hash"));
  }

  private Answer listing(String path) throws IOException {
    Optional<PathInfo> info = find(path.substring(1, path.length() - ".ls".length()));
    if (info.isEmpty()) {
      return Answer.missing("a path with this hash");
    }
    StorePath object = info.get().path();
    return new Answer(
        200,
        "application/json",
        Optional.of("\"" + info.get().narHash().encode(Hash.Format.NIX32) + "-ls\""),
        INFO_SECONDS,
        Answer.streamed(out -> Listing.write(store.open(object), out)));
  }

  private Answer debugInfo(String name) throws IOException {
    Matcher m = BUILD_ID.matcher(name);
    Optional<PathInfo> info =
        m.matches()
            ? debugInfo.find(m.group(1)).filter(admits).flatMap(store::query)
            : Optional.empty();
    if (info.isEmpty()) {
      return Answer.missing("a path with symbols for this build");
    }
    String json =
        "{\"archive\":\"../"
            + NarName.of(info.get())
            + own.suffix()
            + "\",\"member\":\""
            + DebugInfo.member(m.group(1))
            + "\"}";
    return text("application/json", json.getBytes(StandardCharsets.US_ASCII), INFO_SECONDS);
  }

  private void nar(String file, String codings, Sender sender) throws IOException {
    Optional<NarName> name = NarName.parse(file);
    Optional<PathInfo> found = name.flatMap(n -> find(n.hashPart()));
    if (found.isEmpty()
        || !found.get().narHash().encode(Hash.Format.NIX32).equals(name.get().narHash())) {
      sender.send(Answer.missing("this NAR"));
      return;
    }
    PathInfo info = found.get();
    Compression compression = name.get().compression();
    // Where narinfos name plain NARs nothing is compressed at all.
    Compression coding =
        compression == Compression.NONE && own != Compression.NONE
            ? ContentCoding.choose(codings, own)
            : Compression.NONE;
    if (compression == Compression.NONE && coding == Compression.NONE) {
      sender.send(nar(name.get(), plain(info, name.get().file())).with("Vary", "Accept-Encoding"));
      return;
    }
    boolean coded = coding != Compression.NONE;
    String wanted = coded ? name.get().plain() + coding.suffix() : name.get().file();
    if (!kept.canOpen(wanted, info.narSize())) {
      compressedAsSent(info, wanted, coded, coded ? coding : compression, sender);
      return;
    }
    GrowingFile compressed;
    try {
      compressed =
          kept.open(wanted, coded ? coding : compression, out -> plain.writeWhole(info, out));
    } catch (KeptNars.BusyException e) {
      sender.send(Answer.message(503, e.getMessage()));
      return;
    }
    try {
      if (info.narSize() <= SMALL) {
        compressed.awaitWhole();
      }
      sender.send(compressed(wanted, coded ? Optional.of(coding) : Optional.empty(), compressed));
    } finally {
      compressed.release();
    }
  }

  private static Answer compressed(String file, Optional<Compression> coding, Answer.Body body) {
    Answer answer = nar(NarName.parse(file).orElseThrow(), body);
    return coding
        .map(
            c ->
                answer
                    .with("Content-Encoding", c.nixName())
                    .with("Vary", "Accept-Encoding")
                    // Not to be taken for the file of the other URL.
                    .tagged("\"" + file + "-coded\""))
        .orElse(answer);
  }

  /** Where the disk has no room for a file, at the client's pace and for it alone. */
  private void compressedAsSent(
      PathInfo info, String file, boolean coded, Compression compression, Sender sender)
      throws IOException {
    if (!unkept.tryAcquire()) {
      sender.send(Answer.message(503, "the disk is full, and too many ask for what it lacks"));
      return;
    }
    try {
      Answer.Body body =
          Answer.streamed(
              out -> {
                try (OutputStream packed = compression.compress(new Unclosed(out))) {
                  plain.writeWhole(info, packed);
                }
              });
      sender.send(compressed(file, coded ? Optional.of(compression) : Optional.empty(), body));
    } finally {
      unkept.release();
    }
  }

  /** What is closed only by whoever knows that it is whole. */
  private static final class Unclosed extends BufferedOutputStream {
    Unclosed(OutputStream out) {
      super(out, 1 << 16);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private static Answer nar(NarName name, Answer.Body body) {
    Optional<String> tag = Optional.of("\"" + name.file() + "\"");
    return new Answer(200, "application/x-nix-nar", tag, Answer.FOREVER, body);
  }

  private Answer.Body plain(PathInfo info, String file) {
    return new Answer.Body() {
      @Override
      public long length() {
        return info.narSize();
      }

      @Override
      public void write(long from, long to, ResponseBody out) throws IOException {
        // Files are for what the narinfos name.
        plain.send(info, file, own == Compression.NONE, from, to, out);
      }
    };
  }

  private void log(String name, Sender sender) throws IOException {
    Optional<StorePath> derivation;
    try {
      derivation = Optional.of(StorePath.parse(name)).filter(StorePath::isDerivation);
    } catch (FormatException e) {
      derivation = Optional.empty();
    }
    Optional<InputStream> log = derivation.isPresent() ? logs.open(derivation.get()) : none();
    if (log.isEmpty()) {
      sender.send(Answer.missing("a log of this derivation"));
      return;
    }
    try (InputStream in = log.get()) {
      sender.send(
          new Answer(
              200,
              "text/plain; charset=utf-8",
              Optional.empty(),
              0,
              Answer.streamed(in::transferTo)));
    }
  }

  private static Optional<InputStream> none() {
    return Optional.empty();
  }

  private Answer realisation(String id) {
    Matcher m = REALISATION.matcher(id);
    if (!m.matches()) {
      return Answer.missing("this realisation");
    }
    Hash hash = new Hash(HashAlgorithm.SHA256, HexFormat.of().parseHex(m.group(1)));
    Store.RealisationId output = new Store.RealisationId(hash, m.group(2));
    return store
        .realisation(output)
        .filter(admits)
        .map(
            path ->
                infos.realisation(
                    new Realisation(
                        output,
                        path,
                        store.dependents(output),
                        store.realisationSignatures(output))))
        .map(bytes -> text("application/json", bytes, INFO_SECONDS))
        .orElseGet(() -> Answer.missing("this realisation"));
  }
}
