package org.buildchain.store.disk;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/** Whether an object's path follows from its content, where it says so. */
final class AddressCheck {
  private AddressCheck() {}

  /**
   * Checks.
   *
   * @param what is read, for errors
   * @param object whose NAR hash is that of the tree
   * @param references besides itself
   * @param self whether the tree refers to itself
   * @throws FormatException if it has not the content that its path states
   */
  static void check(
      String what,
      StoreDir dir,
      StoreObject object,
      SortedSet<StorePath> references,
      boolean self,
      FileTree tree)
      throws IOException {
    if (object.contentAddress().isEmpty()) {
      return;
    }
    ContentAddress address = object.contentAddress().get();
    StorePath right = dir.makeContentAddressed(object.path().name(), address, references, self);
    if (!right.equals(object.path()) || !hash(object, address, self, tree).equals(address.hash())) {
      throw new FormatException(
          what, "'" + object.path() + "' has not the content that its path states");
    }
  }

  private static Hash hash(StoreObject object, ContentAddress address, boolean self, FileTree tree)
      throws IOException {
    if (address.method() == IngestionMethod.NAR
        && address.hash().algorithm() == HashAlgorithm.SHA256
        && !self) {
      return object.narHash();
    }
    return ContentDigest.compute(
        tree,
        address.method(),
        address.hash().algorithm(),
        self && address.method() != IngestionMethod.TEXT
            ? Optional.of(object.path().hashPart())
            : Optional.empty());
  }
}
