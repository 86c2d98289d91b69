package org.buildchain.store.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.buildchain.store.block.PieceDigests;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.ipld.UnixFsWriter;
import org.buildchain.store.posix.Sha256;

/**
 * Makes a file's chunks blocks. Whole ones are digested on other cores than read the file, those of
 * a large file sixteen at once, and stored by a thread of their own, each in its turn. Nobody else
 * uses the writer and the sink until {@link #finish} or {@link #close} has returned. For one file
 * and one thread.
 */
final class FileChunks implements AutoCloseable {
  private final UnixFsWriter.FileWriter writer;
  private final Block.Sink sink;
  private final PieceDigests digests;
  private final long size;

  /** Those that are not handed on yet. */
  private final List<MemorySegment> together = new ArrayList<>();

  private final Deque<Chunk> waiting = new ConcurrentLinkedDeque<>();

  /** Stores the chunks of a large file, in their turn. */
  private Optional<ExecutorService> storer = Optional.empty();

  private CompletableFuture<Void> stored = CompletableFuture.completedFuture(null);

  private record Chunk(MemorySegment piece, CompletableFuture<Sha256> digest) {}

  /**
   * @param size the file's length in bytes, as it is said
   */
  FileChunks(UnixFsWriter.FileWriter writer, Block.Sink sink, PieceDigests digests, long size) {
    this.writer = writer;
    this.sink = sink;
    this.digests = digests;
    this.size = size;
  }

  /** Adds a chunk, whose bytes may change after. */
  void put(ByteBuffer chunk) throws IOException {
    // A file of one chunk may be stored within its node.
    if (chunk.remaining() < PieceDigests.PIECE || size <= PieceDigests.PIECE) {
      finish();
      writer.chunk(chunk);
      return;
    }
    Optional<MemorySegment> free = digests.tryTake();
    if (free.isEmpty()) {
      finish();
    }
    MemorySegment piece = free.orElseGet(digests::take);
    piece.copyFrom(MemorySegment.ofBuffer(chunk));
    together.add(piece);
    if (together.size() == Sha256.LANES) {
      hand();
      ExecutorService own = storer.orElseGet(FileChunks::newStorer);
      storer = Optional.of(own);
      stored = stored.thenRunAsync(() -> store(Sha256.LANES), own);
    }
  }

  private static ExecutorService newStorer() {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("blocks").factory());
  }

  /** Stores all that came. */
  void finish() throws IOException {
    hand();
    try {
      stored.join();
      store(waiting.size());
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException io -> throw io.getCause();
        case RuntimeException other -> throw other;
        default -> throw e;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void hand() {
    together.forEach(p -> waiting.add(new Chunk(p, digests.update(new Sha256(), p))));
    together.clear();
  }

  private void store(int count) {
    try {
      for (int i = 0; i < count; i++) {
        Chunk chunk = waiting.element();
        Cid cid = new Cid(Cid.Codec.RAW, chunk.digest().join().finish());
        sink.put(cid, chunk.piece());
        writer.stored(cid, PieceDigests.PIECE);
        digests.give(waiting.remove().piece());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives back the memory of what was not stored. */
  @Override
  public void close() {
    storer.ifPresent(ExecutorService::close);
    together.forEach(digests::give);
    for (Chunk chunk : waiting) {
      chunk.digest().whenComplete((_, _) -> digests.give(chunk.piece()));
    }
  }
}
