package org.buildchain.substituter.fetch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;
import org.buildchain.substituter.narinfo.NarInfoReader;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.ObjectFingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.wire.Realisation;

/**
 * What caches say of paths and realisations, as far as it may be believed: as many of the trusted
 * keys vouch for the same content as must. Thread-safe.
 */
final class BelievedInfos {
  private final AskedCaches caches;
  private final Caches.Options options;
  private final StoreDir dir;

  private record Asked(String cache, StorePath path) {}

  /** What was believed of paths that are still to be fetched: to judge takes as long as to ask. */
  private final Map<Asked, NarInfo> offered = new ConcurrentHashMap<>();

  /**
   * @param dir the folder of the store that paths are for
   */
  BelievedInfos(AskedCaches caches, Caches.Options options, StoreDir dir) {
    this.caches = caches;
    this.options = options;
    this.dir = dir;
  }

  /** What a cache says of a path, if that may be believed; kept for {@link #believed}. */
  Optional<NarInfo> offer(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<NarInfo> info = judge(cache, path, notes);
    info.ifPresent(i -> offered.put(new Asked(cache.files().url(), path), i));
    return info;
  }

  /** What a cache says of a path, if that may be believed. */
  Optional<NarInfo> believed(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Asked key = new Asked(cache.files().url(), path);
    Optional<NarInfo> before = Optional.ofNullable(offered.remove(key));
    return before.isPresent() ? before : judge(cache, path, notes);
  }

  private Optional<NarInfo> judge(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<NarInfo> info = ask(cache, path, notes);
    if (info.isEmpty() || !options.requireSignatures() || cache.trusted()) {
      return info;
    }
    // A content address is enough: the content is held to it.
    if (info.get().contentAddress().isPresent()) {
      return info;
    }
    int signers = signers(cache, info.get(), notes);
    if (signers >= options.signatures()) {
      return info;
    }
    String why =
        options.signatures() == 1
            ? "it's not signed by any of the keys in 'trusted-public-keys'"
            : signers
                + " of the keys in 'trusted-public-keys' vouch for it, and "
                + options.signatures()
                + " must";
    AskedCaches.warn(
        notes,
        "ignoring substitute for '"
            + dir.print(path)
            + "' from '"
            + cache.files().url()
            + "', as "
            + why);
    return Optional.empty();
  }

  /** How many keys vouch for just this content; other caches are asked if this one's don't do. */
  private int signers(Caches.Listed cache, NarInfo info, Consumer<String> notes) {
    byte[] content = fingerprint(info);
    Set<String> signers = new HashSet<>(signers(info.signatures(), content));
    if (signers.size() < options.signatures() && options.signatures() > 1) {
      for (Caches.Listed other : caches.order(notes)) {
        if (other != cache) {
          ask(other, info.path(), notes)
              .filter(i -> Arrays.equals(fingerprint(i), content))
              .ifPresent(i -> signers.addAll(signers(i.signatures(), content)));
        }
      }
    }
    return signers.size();
  }

  private Fingerprint text(NarInfo i) {
    return new Fingerprint(dir, i.path(), i.narHash(), i.narSize(), i.references());
  }

  /** What is signed of a path. */
  byte[] fingerprint(NarInfo i) {
    return text(i).bytes();
  }

  private Set<String> signers(List<String> signatures, byte[] content) {
    return options.trusted().stream()
        .filter(k -> signatures.stream().anyMatch(s -> k.verifies(s, content)))
        .map(PublicKey::base64)
        .collect(Collectors.toSet());
  }

  /** What a cache says of a path. */
  private Optional<NarInfo> ask(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<StorePath> there = caches.there(cache, path);
    Optional<NarInfo> info = there.flatMap(p -> askThere(cache, p, notes));
    if (info.isEmpty() || there.get().equals(path)) {
      return info;
    }
    return info.filter(i -> i.references().isEmpty())
        .filter(i -> i.contentAddress().equals(caches.address(path)))
        .map(i -> i.calledHere(path));
  }

  private Optional<NarInfo> askThere(Caches.Listed cache, StorePath path, Consumer<String> notes) {
    Optional<byte[]> text =
        caches.file(cache, AskedCaches.name(path), NarInfoReader.MAX_BYTES, notes);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String what = "'" + AskedCaches.name(path) + "' of '" + cache.files().url() + "'";
    NarInfo info;
    try {
      info = NarInfoReader.read(what, caches.dir(cache), text.get());
    } catch (FormatException e) {
      AskedCaches.warn(notes, e.getMessage());
      return Optional.empty();
    }
    if (!info.path().equals(path)) {
      AskedCaches.warn(notes, what + " is about '" + caches.dir(cache).print(info.path()) + "'");
      return Optional.empty();
    }
    return Optional.of(info);
  }

  /** Whether as many vouch for the blocks of a path as must vouch for its NAR. */
  boolean isBelievedObject(Caches.Listed cache, NarInfo info) {
    if (!options.requireSignatures() || cache.trusted()) {
      return true;
    }
    byte[] content = new ObjectFingerprint(text(info), info.object().get()).bytes();
    return signers(info.objectSignatures(), content).size() >= options.signatures();
  }

  /** Nothing but a signature tells that a realisation is right. */
  boolean isBelieved(Caches.Listed cache, Realisation realisation) {
    return !options.requireSignatures()
        || cache.trusted()
        || signers(List.copyOf(realisation.signatures()), realisation.fingerprint()).size()
            >= options.signatures();
  }
}
