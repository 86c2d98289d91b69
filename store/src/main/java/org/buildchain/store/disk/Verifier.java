package org.buildchain.store.disk;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
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
  private final Consumer<String> report;
  private int problems;

  Verifier(DiskStore store, BlockFiles blocks, Consumer<String> report) {
    this.store = store;
    this.blocks = blocks;
    this.report = report;
  }

  int run() {
    for (StorePath path : store.allPaths()) {
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
    report.accept(store.dir().print(path) + ": " + text);
  }

  private void check(PathInfo info) {
    StorePath path = info.path();
    Map<Cid, Boolean> seen = new HashMap<>();
    Block.Source source =
        cid -> {
          if (seen.put(cid, true) == null && blocks.place(cid).isEmpty()) {
            problem(path, "block " + cid + " is not in the database");
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
