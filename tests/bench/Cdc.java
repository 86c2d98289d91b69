import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import org.buildchain.store.car.CarReader;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsNode;
import org.buildchain.store.ipld.UnixFsReader;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * What content-defined chunking (FastCDC, Xia et al. 2016: gear hash, normalised chunks of 16, 64
 * and 256 KiB) would save of the files of two closures, as they are stored, references zeroed.
 * Arguments: the store's root, base names of the closures' roots.
 */
final class Cdc {
  private static final int LEAST = 16 << 10;
  private static final int NORMAL = 64 << 10;
  private static final int MOST = 256 << 10;
  private static final long STRICT = -1L << 64 - 18;
  private static final long LOOSE = -1L << 64 - 14;
  private static final long[] GEAR = new Random(1).longs(256).toArray();

  private final Set<Cid> chunks = new HashSet<>();
  private final Set<Cid> fixed = new HashSet<>();
  private long chunkBytes;
  private long fixedBytes;

  public static void main(String[] args) throws Exception {
    Cdc cdc = new Cdc();
    try (DiskStore store =
        new DiskStore(Path.of(args[0]), StoreDir.DEFAULT, Clock.systemUTC())) {
      List<StorePath> roots =
          Arrays.stream(args, 1, args.length).map(StorePath::parse).toList();
      SortedSet<StorePath> all = store.closure(roots);
      for (StorePath path : all) {
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        store.exportCar(store.treeCid(path), 1, car);
        cdc.tree(new CarReader(new ByteArrayInputStream(car.toByteArray())));
      }
    }
    System.out.printf(
        "%nFiles' content in chunks of 1 MiB: %.2f MB; by FastCDC: %.2f MB, %.1f%% less (adopted if"
            + " more than 10%%)%n",
        cdc.fixedBytes / 1e6,
        cdc.chunkBytes / 1e6,
        100.0 * (cdc.fixedBytes - cdc.chunkBytes) / cdc.fixedBytes);
  }

  private void tree(CarReader car) throws Exception {
    Map<Cid, byte[]> blocks = new HashMap<>();
    for (Optional<Block> block; (block = car.next()).isPresent(); ) {
      blocks.put(block.get().cid(), block.get().data());
    }
    node(new UnixFsReader(blocks::get), car.root());
  }

  private void node(UnixFsReader reader, Cid cid) throws Exception {
    switch (reader.open(cid)) {
      case UnixFsNode.Directory folder -> {
        for (UnixFsNode.Directory.Child child : folder.children()) {
          node(reader, child.cid());
        }
      }
      case UnixFsNode.File file -> {
        byte[] bytes = new byte[Math.toIntExact(file.size())];
        if (file.read(0, ByteBuffer.wrap(bytes)) != bytes.length) {
          throw new AssertionError("a file ended early: " + cid);
        }
        content(bytes);
      }
      case UnixFsNode.Symlink _ -> {}
    }
  }

  private void content(byte[] bytes) {
    for (int at = 0; at < bytes.length; at += 1 << 20) {
      fixedBytes += add(fixed, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + (1 << 20))));
    }
    for (int at = 0; at < bytes.length; ) {
      int end = at + cut(bytes, at);
      chunkBytes += add(chunks, Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
  }

  private static long add(Set<Cid> set, byte[] chunk) {
    return set.add(Cid.of(Cid.Codec.RAW, chunk)) ? chunk.length : 0;
  }

  private static int cut(byte[] bytes, int from) {
    int length = Math.min(bytes.length - from, MOST);
    long hash = 0;
    for (int i = LEAST; i < length; i++) {
      hash = (hash << 1) + GEAR[bytes[from + i] & 0xff];
      if ((hash & (i < NORMAL ? STRICT : LOOSE)) == 0) {
        return i;
      }
    }
    return length;
  }
}
