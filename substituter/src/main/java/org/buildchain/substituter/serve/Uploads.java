package org.buildchain.substituter.serve;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;
import org.buildchain.substituter.net.Decompression;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * Takes what {@code nix copy --to http://…} sends: a NAR's file first, which waits under its own
 * digest, then the narinfo, with which it enters the store: held to the hash, the size and the
 * content address that are stated, its references valid already. Whatever is wrong leaves nothing
 * behind; what breaks off, a part that the same upload can go on with. Last come realisations.
 */
final class Uploads {
  private static final Pattern NAR =
      Pattern.compile("nar/([0-9a-z]{52}(\\.nar(?:\\.(?:xz|zst|bz2|gz))?))");
  private static final Pattern NAR_INFO = Pattern.compile("([0-9a-z]{32})\\.narinfo");
  private static final Pattern REALISATION = Pattern.compile("realisations/([^/]+)\\.doi");
  private static final int MAX_REALISATION = 1 << 20;
  private static final Pattern LISTING = Pattern.compile("[0-9a-z]{32}\\.ls");

  private final DiskStore store;
  private final IncomingFiles files;
  private final UsedFiles used;
  private final LongAdder stored = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();

  /**
   * @param folder belongs to these uploads, and {@code uploaded} beside it; what nobody has asked
   *     for since a day is removed
   */
  Uploads(DiskStore store, Path folder) throws IOException {
    this.store = store;
    this.files = new IncomingFiles(folder);
    this.used = new UsedFiles(folder.resolveSibling("uploaded"));
  }

  /** Says how many paths came, and how much may come. */
  void write(MetricsText text) throws IOException {
    text.counter("bc_serve_stored_paths_total", "Paths that were uploaded and are stored.")
        .add(stored.sum());
    text.counter("bc_serve_stored_nar_bytes_total", "The size of their NARs.")
        .add(storedBytes.sum());
    text.gauge("bc_serve_disk_free_bytes", "Free on the disk of the store.")
        .add(files.room().free());
    text.gauge("bc_serve_upload_room_bytes", "The largest file that could be uploaded now.")
        .add(files.room().left());
  }

  /**
   * What is to be said of a NAR's file that waits here, whole, so that it need not be sent again,
   * or in part, so that the rest is enough; empty if nothing of it does.
   */
  Optional<Answer> holds(String path) throws IOException {
    Matcher nar = NAR.matcher(path);
    if (!nar.matches()) {
      return Optional.empty();
    }
    String name = nar.group(1);
    if (Files.exists(files.whole(name))) {
      return Optional.of(Answer.message(200, "waits for its narinfo"));
    }
    return files.received(name) > 0
        ? Optional.of(files.at(name, Answer.message(404, "a part of it is here")))
        : Optional.empty();
  }

  /**
   * What {@link Cache} calls the NAR of a file that was uploaded under this path and has entered
   * the store; empty if there is none.
   */
  Optional<String> now(String path) throws IOException {
    Matcher nar = NAR.matcher(path);
    return nar.matches()
        ? used.path(nar.group(1)).flatMap(store::query).map(i -> NarName.of(i) + nar.group(2))
        : Optional.empty();
  }

  /**
   * Takes a file.
   *
   * @param path below the cache's root
   * @param range the header Content-Range, which says which part of a NAR's file comes; empty if
   *     all of it does
   * @param length of the body; negative if it was not said
   */
  Answer put(String path, String range, long length, InputStream body) throws IOException {
    if (length < 0) {
      return Answer.message(411, "say the length of what you send");
    }
    Matcher nar = NAR.matcher(path);
    Matcher info = NAR_INFO.matcher(path);
    Matcher realisation = REALISATION.matcher(path);
    try {
      if (nar.matches()) {
        return files.receive(nar.group(1), ContentRange.parse(range, length), length, body);
      }
      if (!range.isEmpty()) {
        return Answer.message(400, "only a NAR can come in parts");
      }
      if (realisation.matches()) {
        return realise(realisation.group(1), length, body);
      }
      if (info.matches()) {
        return register(info.group(1), length, body);
      }
    } catch (FormatException e) {
      return Answer.message(400, e.getMessage());
    } catch (StoreException e) {
      if (Room.isLacking(e)) {
        throw e;
      }
      return Answer.message(400, e.getMessage());
    }
    if (LISTING.matcher(path).matches()) {
      // Listings are made here.
      body.skipNBytes(length);
      return Answer.message(200, "not needed");
    }
    return Answer.message(405, "'" + path + "' can't be uploaded here");
  }

  /** What an output became here stays: who builds it once more may get something else. */
  private Answer realise(String id, long length, InputStream body) throws IOException {
    if (length > MAX_REALISATION) {
      return Answer.message(413, "a realisation is not so long");
    }
    Realisation said = Realisation.parse(Octets.of(body.readNBytes((int) length)));
    if (!said.id().toString().equals(id)) {
      return Answer.message(400, "it is about another output");
    }
    if (!store.isValid(said.path())) {
      return Answer.message(400, "upload '" + store.dir().print(said.path()) + "' first");
    }
    Optional<StorePath> known = store.realisation(said.id());
    if (known.isPresent() && !known.get().equals(said.path())) {
      return Answer.message(409, "it is '" + store.dir().print(known.get()) + "' here");
    }
    store.addRealisation(said.id(), said.path(), said.dependents());
    if (store.dependents(said.id()).equals(said.dependents())) {
      store.signRealisation(said.id(), said.signatures());
    }
    return Answer.message(
        known.isPresent() ? 200 : 201, "recorded as '" + store.dir().print(said.path()) + "'");
  }

  private Answer register(String hashPart, long length, InputStream body) throws IOException {
    if (length > NarInfoReader.MAX_BYTES) {
      return Answer.message(413, "a narinfo is not so long");
    }
    byte[] bytes = body.readNBytes((int) length);
    NarInfo info = NarInfoReader.read("narinfo", store.dir(), bytes);
    Matcher nar = NAR.matcher(info.url());
    if (!info.path().hashPart().equals(hashPart) || !nar.matches()) {
      return Answer.message(400, "the narinfo belongs to another path");
    }
    if (store.isValid(info.path())) {
      return Answer.message(200, "'" + store.dir().print(info.path()) + "' is here already");
    }
    for (StorePath reference : info.references()) {
      if (!reference.equals(info.path()) && !store.isValid(reference)) {
        return Answer.message(400, "upload '" + store.dir().print(reference) + "' first");
      }
    }
    Path file = files.whole(nar.group(1));
    ForeignObject said =
        new ForeignObject(
            info.path(),
            info.narHash(),
            info.narSize(),
            info.references(),
            info.deriver(),
            new TreeSet<>(info.signatures()),
            info.contentAddress());
    try (InputStream in =
        Decompression.open(info.compression(), Files.newInputStream(file), Long.MAX_VALUE)) {
      store.importNar(said, in);
    } catch (NoSuchFileException e) {
      if (!importAgain(nar.group(1), said)) {
        return Answer.message(400, "upload '" + info.url() + "' first");
      }
    } finally {
      Files.deleteIfExists(file);
    }
    used.add(nar.group(1), info.path());
    stored.increment();
    storedBytes.add(info.narSize());
    return Answer.message(
        201,
        "stored '" + store.dir().print(info.path()) + "', a NAR of " + info.narSize() + " bytes");
  }

  /**
   * Takes a path whose file another one has used up. Whoever sends several paths with one NAR at a
   * time was told that it waits here.
   */
  private boolean importAgain(String name, ForeignObject said) throws IOException {
    Optional<StorePath> same = used.path(name);
    if (same.flatMap(store::query).filter(i -> i.narHash().equals(said.narHash())).isEmpty()) {
      return false;
    }
    Path copy = files.fresh();
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy))) {
        NarSlice.write(store.open(same.get()), 0, said.narSize(), out, Optional.empty());
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(copy))) {
        store.importNar(said, in);
      }
    } finally {
      Files.deleteIfExists(copy);
    }
    return true;
  }
}
