package org.buildchain.language.eval;

import java.io.IOException;
import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;

/** What a file or folder held. While its stamp stays, it is not read again. */
final class ContentFact extends Fact {
  /** Reads it. */
  @FunctionalInterface
  interface Reader {
    String read(EvalHost host, String path) throws IOException;
  }

  private final String path;
  private final Reader reader;
  private final Hash hash;
  private volatile Optional<Object> stamp;

  /**
   * @param stamp taken before it was read
   */
  ContentFact(int session, String path, Reader reader, Hash hash, Optional<Object> stamp) {
    super(session);
    this.path = path;
    this.reader = reader;
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
    return now.isPresent() && now.equals(stamp) || same(hash(reader.read(host, path)), now);
  }
}
