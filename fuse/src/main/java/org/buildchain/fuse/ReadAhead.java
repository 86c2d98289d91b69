package org.buildchain.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Regular;
import org.buildchain.fuse.NodeTable.Known;
import org.buildchain.fuse.device.FuseDevice;
import org.buildchain.fuse.protocol.Reply;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;

/**
 * Has blocks read and verified before they are asked for, on all cores, and hands to the kernel
 * what was verified anyway. Nothing depends on it: what it drops, for lack of time, is read when it
 * is asked for.
 *
 * <ul>
 *   <li>A file that is read from its beginning on: the next blocks are verified ahead of the
 *       reader.
 *   <li>A file that is read here and there: of a block that had to be verified for a few bytes, the
 *       kernel gets all, so that it is verified once; and for each such block another one.
 *   <li>Small files, after their folder was listed: while they are read in the order of the
 *       listing, the kernel gets the next ones.
 * </ul>
 */
final class ReadAhead implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ReadAhead.class.getName());

  /** Blocks begin at multiples of this, as a rule; nothing depends on it. */
  static final int CHUNK = 1 << 20;

  /** A file up to this length is read at once. */
  private static final int SMALL = 128 << 10;

  private static final int QUEUE = 64;

  private final Served served;
  private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(QUEUE);
  private final List<Thread> threads = new ArrayList<>();
  private final Progress progress = new Progress();
  private volatile boolean closed;

  /** Work for one of the threads. */
  private sealed interface Task {
    /** Verify some chunks. */
    record Verify(Regular file, Progress.Chunks chunks) implements Task {}

    /** Give the kernel chunks. */
    record Give(Known known, Regular file, List<Long> chunks) implements Task {}

    /** Give the kernel small files of a folder. */
    record GiveSmall(Known folder, List<String> names) implements Task {}
  }

  /**
   * @param device what the mount came with; each thread takes another one like it
   */
  ReadAhead(Served served, FuseDevice device, int count) {
    this.served = served;
    for (int i = 0; i < count; i++) {
      FuseDevice own = device.another();
      threads.add(Thread.ofPlatform().daemon().name("fuse-read-ahead-" + i).start(() -> work(own)));
    }
  }

  /** A READ was answered. */
  void noticed(Known known, Regular file, Request request) {
    if (request.length == 0) {
      return;
    }
    if (file.size() <= SMALL) {
      if (request.offset == 0) {
        noticedSmall(known);
      }
      return;
    }
    Progress.Advice advice =
        progress.of(known.id()).noticed(request.offset, request.length, file.size());
    if (!advice.give().isEmpty() && !tasks.offer(new Task.Give(known, file, advice.give()))) {
      advice.give().forEach(progress.of(known.id())::dropped);
    }
    if (!advice.verify().isEmpty()) {
      // If there is no room, they are verified when they are asked for.
      boolean unused = tasks.offer(new Task.Verify(file, advice.verify()));
    }
  }

  /** What was read. */
  record Request(long offset, int length) {}

  private void noticedSmall(Known known) {
    Optional<Known> parent = known.parent();
    if (parent.isEmpty()) {
      return;
    }
    Optional<Listings.Listing> listing = served.listings.held(parent.get().id());
    if (listing.isEmpty() || !(parent.get().node() instanceof Directory)) {
      return;
    }
    Listings.Listing listed = listing.get();
    int place = listed.after(known.node().inode()) - 1;
    int count = listed.entries().length;
    List<String> names = new ArrayList<>();
    for (int i : progress.siblings(parent.get().id(), place, count)) {
      names.add(listed.entries()[i].name());
    }
    if (!names.isEmpty()) {
      // If there is no room, the files are read when they are asked for.
      boolean unused = tasks.offer(new Task.GiveSmall(parent.get(), names));
    }
  }

  private void work(FuseDevice device) {
    try (device;
        Arena arena = Arena.ofConfined()) {
      Reply reply = new Reply(arena.allocate(CHUNK + 4096L, 4096));
      while (!closed) {
        Task task = tasks.poll(1, TimeUnit.SECONDS);
        if (task != null) {
          run(task, device, reply);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What can't be read is left to whoever asks for it, and so is the message. */
  private void run(Task task, FuseDevice device, Reply reply) {
    try {
      if (!served.gate.enter()) {
        return;
      }
      switch (task) {
        case Task.Verify(Regular file, Progress.Chunks(long first, long end)) ->
            file.prepare(first * CHUNK, (end - first) * CHUNK);
        case Task.Give give -> give(give, device, reply);
        case Task.GiveSmall small -> giveSmall(small, device, reply);
      }
    } catch (IOException | FormatException | StoreException e) {
      LOG.log(Level.DEBUG, "reading ahead: " + e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "reading ahead failed", e);
    } finally {
      served.gate.leave();
    }
  }

  private void give(Task.Give give, FuseDevice device, Reply reply) throws IOException {
    Progress.File file = progress.of(give.known().id());
    List<Long> left = new ArrayList<>(give.chunks());
    try {
      long first = left.stream().min(Long::compare).orElseThrow();
      long last = left.stream().max(Long::compare).orElseThrow();
      give.file().prepare(first * CHUNK, (last + 1 - first) * CHUNK);
      while (!left.isEmpty()) {
        giveChunk(give, left.getFirst() * CHUNK, device, reply);
        file.given(left.removeFirst());
      }
    } finally {
      left.forEach(file::dropped);
    }
  }

  private static void giveChunk(Task.Give give, long offset, FuseDevice device, Reply reply)
      throws IOException {
    long node = give.known().id();
    Optional<Block.Lent> lent = give.file().lend(offset, CHUNK);
    if (lent.isPresent()) {
      try (Block.Lent part = lent.get()) {
        int n = (int) part.bytes().byteSize();
        device.write(reply.beforeKeep(node, offset, n), part.bytes());
      }
      return;
    }
    int n = give.file().read(offset, reply.content(CHUNK));
    if (n > 0) {
      device.write(reply.keep(node, offset, n));
    }
  }

  private void giveSmall(Task.GiveSmall small, FuseDevice device, Reply reply) throws IOException {
    for (String name : small.names()) {
      Optional<Known> known = served.nodes.child(small.folder(), name);
      if (known.isPresent()
          && known.get().node() instanceof Regular file
          && file.size() > 0
          && file.size() <= SMALL) {
        int n = file.read(0, reply.content(SMALL));
        device.write(reply.keep(known.get().id(), 0, n));
      }
    }
  }

  /** Ends the threads; what they are at is ended first. */
  @Override
  public void close() {
    closed = true;
    tasks.clear();
    threads.forEach(Thread::interrupt);
  }

  /** The threads, to be waited for. */
  List<Thread> threads() {
    return List.copyOf(threads);
  }
}
