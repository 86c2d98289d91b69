package org.buildchain.store.disk;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.NewObject;
import org.buildchain.store.Store;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;

/**
 * A process that adds to a store until it is killed, and prints each path once the store has
 * acknowledged it. Arguments: the store's root, a seed.
 */
final class CrashWriter {
  private CrashWriter() {}

  public static void main(String[] args) throws Exception {
    Random random = new Random(Long.parseLong(args[1]));
    DiskStore store = new DiskStore(Path.of(args[0]), StoreDir.DEFAULT, Clock.systemUTC());
    StorePath last = null;
    while (true) {
      String content = Long.toHexString(random.nextLong());
      StorePath added;
      if (last != null && random.nextInt(4) == 0) {
        List<StorePath> chain = pull(store, random, last);
        chain.forEach(System.out::println);
        System.out.flush();
        last = chain.getLast();
        continue;
      }
      if (last == null || random.nextBoolean()) {
        Set<StorePath> references = last == null ? Set.of() : Set.of(last);
        added =
            store
                .addTexts(List.of(new Store.Text("t", content, new TreeSet<>(references))))
                .getFirst();
      } else {
        added = StoreDir.DEFAULT.make("test", "sha256:" + content, "object");
        byte[] data = new byte[random.nextInt(5 << 18)];
        random.nextBytes(data);
        byte[] self = Octets.bytes(added.hashPart() + last.hashPart());
        System.arraycopy(self, 0, data, 0, Math.min(self.length, data.length));
        store.addObjects(
            List.of(
                new NewObject(
                    added,
                    new MemoryFile(data, false),
                    Set.of(last),
                    Optional.empty(),
                    true,
                    Optional.empty())));
      }
      System.out.println(added);
      System.out.flush();
      last = added;
    }
  }

  /** A chain of others' objects, all read before the first of them becomes valid. */
  static List<StorePath> pull(DiskStore store, Random random, StorePath last) throws Exception {
    List<StagedObject> staged = new ArrayList<>();
    try {
      StorePath before = last;
      for (int i = 0; i < 5; i++) {
        String content = Long.toHexString(random.nextLong());
        byte[] data = new byte[random.nextInt(5 << 16)];
        random.nextBytes(data);
        ByteArrayOutputStream nar = new ByteArrayOutputStream();
        Nar.write(new MemoryFile(data, false), nar::write);
        StorePath path = StoreDir.DEFAULT.make("test", "sha256:" + content, "pulled");
        ForeignObject said =
            new ForeignObject(
                path,
                Hash.of(HashAlgorithm.SHA256, nar.toByteArray()),
                nar.size(),
                new TreeSet<>(Set.of(before)),
                Optional.empty(),
                new TreeSet<>(),
                Optional.empty());
        staged.add(store.stageNar(said, new ByteArrayInputStream(nar.toByteArray())).orElseThrow());
        before = path;
      }
      store.commitSoon(staged);
      return staged.stream().map(StagedObject::path).toList();
    } finally {
      for (StagedObject object : staged) {
        object.close();
      }
    }
  }
}
