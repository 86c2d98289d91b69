package org.buildchain.store.disk;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.buildchain.store.NewObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store.Text;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.database.Database;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.store.tree.MemoryFile;

/**
 * Puts what this machine has made into the store: cut into blocks, made durable, then registered.
 * The caller holds a {@code Store.Use}, so that nothing added goes before it is told of.
 * Thread-safe.
 */
final class Additions {
  private final DiskStore store;
  private final Database database;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final Clock clock;

  /**
   * @param store is asked for its paths only when something is added
   */
  Additions(DiskStore store, Database database, BlockFiles blocks, PathUses uses, Clock clock) {
    this.store = store;
    this.database = database;
    this.blocks = blocks;
    this.uses = uses;
    this.clock = clock;
  }

  /** Texts and files, in one transaction; see {@code Store.addTexts}. */
  List<StorePath> texts(List<Text> texts, List<NewObject> files) throws IOException {
    List<StorePath> paths = new ArrayList<>(texts.size());
    try (ObjectWriter writer = writer()) {
      List<NewObject> others = files.stream().filter(f -> !store.holds(f.path())).toList();
      List<ObjectWriter.Read> fresh = read(others, writer);
      for (Text text : texts) {
        byte[] content = Octets.bytes(text.content());
        Hash hash = Hash.of(HashAlgorithm.SHA256, content);
        ContentAddress address = new ContentAddress(IngestionMethod.TEXT, hash);
        StorePath path =
            store.dir().makeContentAddressed(text.name(), address, text.references(), false);
        paths.add(path);
        if (!store.holds(path)) {
          FileTree file = new MemoryFile(content, false);
          NewObject object =
              new NewObject(
                  path, file, text.references(), Optional.empty(), false, Optional.of(address));
          fresh.add(new ObjectWriter.Read(object, writer.text(content, hash), text.references()));
        }
      }
      if (!fresh.isEmpty()) {
        ObjectWriter.commitSoon(List.of(writer), writer.prepare(fresh));
        uses.added(Stream.concat(files.stream().map(NewObject::path), paths.stream()).toList());
      }
    }
    return paths;
  }

  /** A tree whose path follows from its content; see {@code Store.addTree}. */
  StorePath tree(String name, FileTree given, IngestionMethod method, HashAlgorithm algorithm)
      throws IOException {
    StorePath.checkName(name);
    FileTree tree =
        method == IngestionMethod.FLAT && given instanceof FileTree.Regular file
            ? new PlainFile(file)
            : given;
    try (ObjectWriter writer = writer()) {
      // The path follows from the same reading that cuts the blocks.
      ContentDigest digest = ContentDigest.of(tree, method, algorithm);
      TreeImport.Result result = writer.read(Set.of(), false, tree, digest.narSink());
      ContentAddress address = new ContentAddress(method, digest.finish(tree, result.narHash()));
      StorePath path = store.dir().makeContentAddressed(name, address, List.of(), false);
      if (!store.holds(path)) {
        NewObject object =
            new NewObject(path, tree, Set.of(), Optional.empty(), false, Optional.of(address));
        writer.register(List.of(new ObjectWriter.Read(object, result, new TreeSet<>())));
      }
      return path;
    }
  }

  /** Objects that are not there, in one transaction; see {@code Store.addObjects}. */
  void objects(List<NewObject> objects) throws IOException {
    try (ObjectWriter writer = writer()) {
      writer.register(read(objects, writer));
    }
  }

  /**
   * What would be known of objects if they were added now.
   *
   * @param tap gets the blocks that would be added, also those that are here already
   */
  List<PathInfo> describe(List<NewObject> objects, Block.Sink tap) throws IOException {
    try (ObjectWriter writer = new ObjectWriter(database, blocks, uses, clock, tap)) {
      return writer.prepare(read(objects, writer));
    }
  }

  private static List<ObjectWriter.Read> read(List<NewObject> objects, ObjectWriter writer)
      throws IOException {
    List<ObjectWriter.Read> reads = new ArrayList<>(objects.size());
    for (NewObject object : objects) {
      Set<StorePath> candidates = new TreeSet<>(object.candidates());
      candidates.add(object.path());
      TreeImport.Result result =
          writer.read(candidates, true, object.tree(), (data, offset, length) -> {});
      reads.add(new ObjectWriter.Read(object, result, result.found()));
    }
    return reads;
  }

  private ObjectWriter writer() {
    return new ObjectWriter(database, blocks, uses, clock);
  }
}
