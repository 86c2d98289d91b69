package org.buildchain.substituter.upload;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.narinfo.NarInfo;

/**
 * Sends many objects to a binary cache, several at a time: as many are compressed as there are
 * cores, and others are on their way meanwhile. A path is there after those that it refers to.
 */
public final class ClosureUpload {
  /** Objects on their way, besides those that are compressed. */
  private static final int ON_THEIR_WAY = 16;

  /** As much of memory as this part of the heap is for compressors. */
  private static final int HEAP_SHARE = 4;

  private final CacheUpload upload;
  private final Compressor compressor;
  private final Consumer<StorePath> begun;
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final Semaphore places = new Semaphore(cores + ON_THEIR_WAY);
  private final Semaphore compressing = new Semaphore(cores, true);
  private final int heap;
  private final Semaphore memory;
  private final Map<StorePath, CompletableFuture<Void>> there = new HashMap<>();

  /** Which other one with the same NAR an object comes after. */
  private final Map<StorePath, StorePath> alike = new HashMap<>();

  private final CompletableFuture<IOException> failure = new CompletableFuture<>();

  /**
   * @param begun told of each path that is sent; by several threads
   */
  private ClosureUpload(CacheUpload upload, Compressor compressor, Consumer<StorePath> begun) {
    this.upload = upload;
    this.compressor = compressor;
    this.begun = begun;
    this.heap =
        (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 1024 / HEAP_SHARE);
    this.memory = new Semaphore(heap, true);
  }

  /**
   * Sends what the cache lacks of these objects; what they refer to is among them or there. After
   * the first failure nothing more is begun, and what is on its way is given up; paths that have
   * come whole by then stay. Interrupting the thread does the same.
   *
   * @param objects each after those that it refers to
   * @param begun told of each path that is sent; by several threads
   * @throws IOException that says which path it is about
   * @throws org.buildchain.store.format.FormatException if the cache is for another store
   */
  public static void send(
      Store store,
      List<PathInfo> objects,
      CacheFiles files,
      UploadOptions options,
      Consumer<StorePath> begun)
      throws IOException {
    CacheUpload upload = new CacheUpload(store, files, options);
    upload.open();
    new ClosureUpload(upload, options.compressor(), begun)
        .send(objects, path -> "'" + store.dir().print(path) + "' to '" + files.url() + "'");
  }

  private void send(List<PathInfo> objects, Function<StorePath, String> words) throws IOException {
    order(objects);
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("bc-upload-", 0).factory())) {
      try {
        // A thread waits only for those that began before it: one of them always goes on.
        for (PathInfo object : objects) {
          places.acquire();
          threads.execute(() -> send(object, words, threads));
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
      } catch (RejectedExecutionException e) {
        // One has failed, and has said so.
      }
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    if (failure.isDone()) {
      throw failure.join();
    }
  }

  private void order(List<PathInfo> objects) {
    Map<Hash, StorePath> last = new HashMap<>();
    for (PathInfo object : objects) {
      there.put(object.path(), new CompletableFuture<>());
      Optional.ofNullable(last.put(object.narHash(), object.path()))
          .ifPresent(before -> alike.put(object.path(), before));
    }
  }

  private void send(PathInfo object, Function<StorePath, String> words, ExecutorService threads) {
    try {
      send(object);
      there.get(object.path()).complete(null);
    } catch (Throwable e) {
      failure.complete(
          new IOException(
              "cannot copy " + words.apply(object.path()) + ": " + Problem.words(e), e));
      threads.shutdownNow();
    } finally {
      places.release();
    }
  }

  private void send(PathInfo object) throws IOException, InterruptedException, ExecutionException {
    if (upload.has(object.path())) {
      return;
    }
    begun.accept(object.path());
    for (StorePath reference : object.references()) {
      if (!there.containsKey(reference)) {
        upload.require(reference);
      }
    }
    NarInfo info;
    try (CacheUpload.Packed packed = pack(object)) {
      // Their file has one name, and a server may give it up when one path has it.
      if (alike.containsKey(object.path())) {
        there.get(alike.get(object.path())).get();
      }
      info = upload.send(packed);
    }
    for (StorePath reference : object.references()) {
      if (!reference.equals(object.path()) && there.containsKey(reference)) {
        there.get(reference).get();
      }
    }
    upload.publish(info);
  }

  private CacheUpload.Packed pack(PathInfo object) throws IOException, InterruptedException {
    int needed = Math.min(heap, compressor.memory());
    compressing.acquire();
    try {
      memory.acquire(needed);
      try {
        return upload.pack(object);
      } finally {
        memory.release(needed);
      }
    } finally {
      compressing.release();
    }
  }
}
