package org.buildchain.language.eval;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/** What a file or folder held. While its stamp stays, it is not read again. */
final class ContentFact extends Fact {
  /** What is read. */
  enum Kind {
    FILE,
    FOLDER;

    String read(EvalHost host, String path) throws IOException {
      return this == FILE ? host.readFile(path) : host.readDirectory(path).toString();
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String path;
  private final Kind kind;
  private final Hash hash;
  private volatile Optional<Object> stamp;

  /**
   * @param stamp taken before it was read
   */
  ContentFact(int session, String path, Kind kind, Hash hash, Optional<Object> stamp) {
    super(session);
    this.path = path;
    this.kind = kind;
    this.hash = hash;
    this.stamp = stamp;
  }

  static Hash hash(String content) {
    return Hash.of(HashAlgorithm.SHA256, Octets.bytes(content));
  }

  /** Whether what was read now is the same; then the stamp is what it is known by. */
  boolean same(Hash now, Optional<Object> newStamp) {
    if (!now.equals(hash)) {
      return false;
    }
    stamp = newStamp;
    return true;
  }

  @Override
  boolean holds(EvalHost host) throws IOException {
    Optional<Object> now = host.stamp(path, true);
    return ToldFact.Stamp.same(now, stamp) || same(hash(kind.read(host, path)), now);
  }

  @Override
  List<EvalHost.Place> places() {
    return List.of(new EvalHost.Place(path, true));
  }

  @Override
  Optional<List<String>> told() {
    return Optional.of(
        List.of(kind.word(), path, hash.encode(Hash.Format.NIX32), ToldFact.Stamp.words(stamp)));
  }
}
