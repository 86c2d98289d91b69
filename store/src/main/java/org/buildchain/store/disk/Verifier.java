package org.buildchain.store.disk;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StorePath;

/** Checks all that the store promises of its valid paths, from the disk and not from memory. */
final class Verifier {
  private final DiskStore store;
  private final BlockFiles blocks;
  private final BiConsumer<StorePath, String> report;
  private int problems;

  Verifier(DiskStore store, BlockFiles blocks, BiConsumer<StorePath, String> report) {
    this.store = store;
    this.blocks = blocks;
    this.report = report;
  }

  int run(Collection<StorePath> paths) {
    for (StorePath path : paths) {
      Optional<PathInfo> info;
      try {
        info = store.query(path);
      } catch (FormatException e) {
        problem(path, e.getMessage());
        continue;
      }
      info.ifPresent(this::check);
    }
    return problems;
  }

  private void problem(StorePath path, String text) {
    problems++;
    report.accept(path, text);
  }

  private void check(PathInfo info) {
    StorePath path = info.path();
    if (store.isPartial(path)) {
      checkPart(info);
      return;
    }
    Block.Source source =
        cid -> {
          if (blocks.place(cid).isEmpty()) {
            throw new StoreException(
                "block "
                    + cid
                    + " is missing: the database does not know it; 'bc store verify --repair' mends"
                    + " what can be mended");
          }
          return blocks.readAndCheck(cid);
        };
    try {
      StoreObject object = StoreObject.read(Cid.parse(info.object()), source);
      compare(info, object);
      MessageDigest digest = HashAlgorithm.SHA256.newDigest();
      long size = Nar.write(new StoredTree(object, source).root(), digest::update);
      Hash hash = new Hash(HashAlgorithm.SHA256, digest.digest());
      if (!hash.equals(info.narHash()) || size != info.narSize()) {
        problem(path, "its NAR has the hash " + hash + ", expected " + info.narHash());
      }
    } catch (StoreException | FormatException | IOException e) {
      problem(path, e.getMessage());
    }
  }

  /** What of a path is here; the rest comes when it is read. */
  private void checkPart(PathInfo info) {
    try {
      Cid object = Cid.parse(info.object());
      compare(info, StoreObject.read(object, blocks::readAndCheck));
      BlockWalk.of(
          object,
          blocks::readAndCheck,
          cid -> {
            boolean here = blocks.place(cid).isPresent();
            if (here && cid.codec() == Cid.Codec.RAW) {
              read(info.path(), cid);
            }
            return here;
          });
    } catch (StoreException | FormatException | IOException e) {
      problem(info.path(), e.getMessage());
    }
  }

  private void read(StorePath path, Cid cid) {
    try {
      byte[] unused = blocks.readAndCheck(cid);
    } catch (StoreException | IOException e) {
      problem(path, e.getMessage());
    }
  }

  private void compare(PathInfo info, StoreObject object) {
    StorePath path = info.path();
    if (!object.path().equals(path) || !object.narHash().equals(info.narHash())) {
      problem(path, "its object " + info.object() + " is of '" + object.path() + "'");
    }
    for (StorePath reference : info.references()) {
      if (!reference.equals(path) && !object.references().containsKey(reference)) {
        problem(path, "its object does not refer to '" + reference + "', the database does");
      }
      if (!store.isValid(reference)) {
        problem(path, "refers to '" + reference + "', which is not valid");
      }
    }
  }
}
