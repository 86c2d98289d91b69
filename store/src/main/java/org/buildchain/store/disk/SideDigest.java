package org.buildchain.store.disk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.buildchain.store.block.PieceDigests;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.nar.NarWriter;
import org.buildchain.store.posix.Sha256;

/**
 * SHA-256 of a long stream, taken on another core than the stream comes from: a NAR is digested as
 * a whole and its files' blocks once more, and neither has to wait for the other. What is short
 * never leaves the thread it came from. For one stream and one thread.
 */
final class SideDigest implements NarWriter.Sink, AutoCloseable {
  /** So much is digested at once where it comes from. */
  private static final int SHORT = 64 << 10;

  /** So many pieces may wait. */
  private static final int AHEAD = 3;

  private final PieceDigests digests;
  private final Sha256 digest = new Sha256();

  /** The first bytes; it grows to {@link #SHORT}. */
  private byte[] first = new byte[4 << 10];

  /** What is filled behind these. */
  private Optional<MemorySegment> piece = Optional.empty();

  private int filled;

  /** Those that are digested one after the other. */
  private final Deque<CompletableFuture<Sha256>> waiting = new ArrayDeque<>();

  SideDigest(PieceDigests digests) {
    this.digests = digests;
  }

  @Override
  public void write(byte[] data, int offset, int length) {
    while (length > 0) {
      int n;
      if (piece.isPresent()) {
        n = Math.min(length, PieceDigests.PIECE - filled);
        MemorySegment.copy(data, offset, piece.get(), ValueLayout.JAVA_BYTE, filled, n);
      } else {
        n = Math.min(length, first.length - filled);
        System.arraycopy(data, offset, first, filled, n);
      }
      filled += n;
      offset += n;
      length -= n;
      if (filled == (piece.isPresent() ? PieceDigests.PIECE : first.length)) {
        next();
      }
    }
  }

  /** Hands on what is full. */
  private void next() {
    if (piece.isPresent()) {
      MemorySegment full = piece.get();
      piece = Optional.empty();
      CompletableFuture<Sha256> before =
          waiting.isEmpty() ? CompletableFuture.completedFuture(digest) : waiting.getLast();
      waiting.add(
          before
              .thenCompose(d -> digests.update(d, full))
              .whenComplete((_, _) -> digests.give(full)));
      while (waiting.size() > AHEAD) {
        waiting.remove().join();
      }
      piece = Optional.of(digests.take());
    } else if (first.length < SHORT) {
      first = Arrays.copyOf(first, first.length * 4);
      return;
    } else {
      digest.update(first, 0, filled);
      piece = Optional.of(digests.take());
    }
    filled = 0;
  }

  /** The digest of all that came. */
  Hash finish() {
    waiting.forEach(CompletableFuture::join);
    if (piece.isPresent() && filled >= SHORT) {
      digests.update(digest, piece.get().asSlice(0, filled)).join();
    } else {
      digest.update(piece.orElseGet(() -> MemorySegment.ofArray(first)).asSlice(0, filled));
    }
    return new Hash(HashAlgorithm.SHA256, digest.finish());
  }

  /** Gives back the memory. */
  @Override
  public void close() {
    piece.ifPresent(digests::give);
    piece = Optional.empty();
  }
}
