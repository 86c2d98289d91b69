package org.buildchain.store.disk;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.RemoteBlocks;
import org.buildchain.store.Store;
import org.buildchain.store.block.BlockFiles;
import org.buildchain.store.database.Database;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;

/** Takes objects from others into a store. Thread-safe. */
final class Imports {
  /** The most that is fetched of an object to know where its references stand. */
  private static final long MOST_DESCRIBING = 96L << 20;

  private final DiskStore store;
  private final Database database;
  private final BlockFiles blocks;
  private final PathUses uses;
  private final Clock clock;
  private final PartialPaths partial;
  private final LateBlocks late;

  Imports(
      DiskStore store,
      Database database,
      BlockFiles blocks,
      PathUses uses,
      Clock clock,
      PartialPaths partial,
      LateBlocks late) {
    this.store = store;
    this.database = database;
    this.blocks = blocks;
    this.uses = uses;
    this.clock = clock;
    this.partial = partial;
    this.late = late;
  }

  private ObjectWriter writer() {
    return new ObjectWriter(database, blocks, uses, clock);
  }

  /** See {@link DiskStore#importCar}. */
  List<StorePath> car(InputStream in) throws IOException {
    try (Store.Use _ = store.use();
        ObjectWriter writer = writer()) {
      return new CarImport(store.dir(), database, uses, writer).run(in, clock.instant());
    }
  }

  /** See {@link DiskStore#importBlocks}. */
  void blocks(ForeignObject said, String cid, RemoteBlocks remote, long most) throws IOException {
    try (Store.Use _ = store.use();
        ObjectWriter writer = writer()) {
      if (!store.holds(said.path())) {
        CarImport check = new CarImport(store.dir(), database, uses, writer);
        new BlockImport(store, writer, check, remote, most)
            .run(said, Cid.parse(cid), clock.instant());
      }
    }
  }

  /** See {@link DiskStore#importLazily}. */
  void lazily(ForeignObject said, String cid, RemoteBlocks remote, List<String> places)
      throws IOException {
    try (Store.Use _ = store.use();
        ObjectWriter writer = writer()) {
      if (!store.holds(said.path())) {
        late.touch();
        CarImport check = new CarImport(store.dir(), database, uses, writer);
        new BlockImport(store, writer, check, remote, MOST_DESCRIBING)
            .runLazily(said, Cid.parse(cid), clock.instant(), places);
        partial.refresh();
        late.touch();
      }
    }
  }

  /** See {@link DiskStore#importNar}. */
  PathInfo nar(ForeignObject said, InputStream nar) throws IOException {
    try (Store.Use _ = store.use()) {
      if (!store.holds(said.path())) {
        for (StorePath reference : said.references()) {
          if (!reference.equals(said.path()) && !store.isValid(reference)) {
            throw store.invalid(reference);
          }
        }
        Optional<StagedObject> read = stage(said, nar);
        if (read.isPresent()) {
          try (StagedObject staged = read.get()) {
            commit(List.of(staged), ObjectWriter::commit);
          }
        }
      }
      return store.query(said.path()).orElseThrow(() -> store.invalid(said.path()));
    }
  }

  /** See {@link DiskStore#stageNar}. */
  Optional<StagedObject> stage(ForeignObject said, InputStream nar) throws IOException {
    PathUses.Use use = uses.begin();
    ObjectWriter writer = writer();
    Optional<StagedObject> staged = Optional.empty();
    try {
      if (!store.holds(said.path())) {
        ObjectWriter.Read read =
            new NarImport(store.dir(), blocks.folder(), writer).read(said, nar);
        writer.batch().rest();
        staged = Optional.of(new StagedObject(said, writer, read, use));
      }
      return staged;
    } finally {
      if (staged.isEmpty()) {
        try {
          writer.close();
        } finally {
          use.close();
        }
      }
    }
  }

  /** See {@link DiskStore#commitSoon}. */
  void commitSoon(List<StagedObject> staged) throws IOException {
    commit(staged, ObjectWriter::commitSoon);
  }

  private interface Commit {
    void run(List<ObjectWriter> writers, List<PathInfo> infos) throws IOException;
  }

  private void commit(List<StagedObject> staged, Commit how) throws IOException {
    List<StagedObject> missing = staged.stream().filter(s -> !store.holds(s.path())).toList();
    if (missing.isEmpty()) {
      return;
    }
    Map<StorePath, Cid> objects = new HashMap<>();
    List<PathInfo> infos = new ArrayList<>();
    for (StagedObject object : missing) {
      for (PathInfo info : object.writer.prepare(List.of(object.read), objects)) {
        objects.put(info.path(), Cid.parse(info.object()));
        infos.add(NarImport.signed(info, object.said));
      }
    }
    how.run(missing.stream().map(s -> s.writer).toList(), infos);
  }
}
