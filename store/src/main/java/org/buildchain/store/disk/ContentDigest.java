package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.buildchain.hashrewrite.StreamZeroer;
import org.buildchain.store.StoreException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.tree.FileTree;

/** The digest by which a tree is content-addressed. */
final class ContentDigest {
  private final IngestionMethod method;
  private final HashAlgorithm algorithm;
  private final Optional<MessageDigest> narDigest;

  private ContentDigest(IngestionMethod method, HashAlgorithm algorithm) {
    this.method = method;
    this.algorithm = algorithm;
    boolean own = method == IngestionMethod.NAR && algorithm != HashAlgorithm.SHA256;
    this.narDigest = own ? Optional.of(algorithm.newDigest()) : Optional.empty();
  }

  /** For a tree whose NAR somebody else is about to read. */
  static ContentDigest of(FileTree tree, IngestionMethod method, HashAlgorithm algorithm) {
    if (method != IngestionMethod.NAR) {
      regular(tree);
    }
    return new ContentDigest(method, algorithm);
  }

  private static FileTree.Regular regular(FileTree tree) {
    if (tree instanceof FileTree.Regular file) {
      return file;
    }
    throw new StoreException("only a regular file has a flat hash, not a folder or a link");
  }

  /** Must get the NAR. */
  NarWriter.Sink narSink() {
    return (data, offset, length) -> narDigest.ifPresent(d -> d.update(data, offset, length));
  }

  /**
   * The digest, when the NAR was read.
   *
   * @param narHash SHA-256 of the NAR
   */
  Hash finish(FileTree tree, Hash narHash) throws IOException {
    if (method != IngestionMethod.NAR) {
      return flat(regular(tree), algorithm);
    }
    return narDigest.isPresent() ? new Hash(algorithm, narDigest.get().digest()) : narHash;
  }

  private static Hash flat(FileTree.Regular file, HashAlgorithm algorithm) throws IOException {
    MessageDigest digest = algorithm.newDigest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = file.open()) {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return new Hash(algorithm, digest.digest());
  }

  /** See {@link org.buildchain.store.Store#contentHash}. */
  static Hash compute(
      FileTree tree, IngestionMethod method, HashAlgorithm algorithm, Optional<String> selfHash)
      throws IOException {
    MessageDigest digest = algorithm.newDigest();
    if (selfHash.isEmpty()) {
      if (method != IngestionMethod.NAR) {
        return flat(regular(tree), algorithm);
      }
      Nar.write(tree, digest::update);
      return new Hash(algorithm, digest.digest());
    }
    StreamZeroer zeroer = new StreamZeroer(selfHash.get(), digest::update);
    if (method == IngestionMethod.NAR) {
      Nar.write(tree, zeroer::write);
    } else {
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = regular(tree).open()) {
        for (int n; (n = in.read(buffer)) >= 0; ) {
          zeroer.write(buffer, 0, n);
        }
      }
    }
    zeroer.finish();
    return new Hash(algorithm, digest.digest());
  }
}
