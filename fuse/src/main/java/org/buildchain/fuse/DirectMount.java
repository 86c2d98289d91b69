package org.buildchain.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.buildchain.fuse.device.FuseDevice;
import org.buildchain.fuse.device.Mounter;
import org.buildchain.fuse.protocol.Reply;

/** One mount that speaks with the kernel directly. */
final class DirectMount implements StoreMount {
  private static final Logger LOG = System.getLogger(DirectMount.class.getName());

  private final Served served;
  private final Mounter mounter;
  private final Path mountpoint;

  /** The device that the mount came with. Others may borrow it, so it is closed last. */
  private final FuseDevice device;

  private final Notices removals;
  private final Notices changes;
  private final ReadAhead readAhead;
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  DirectMount(Served served, Mounter mounter, Path mountpoint, FuseDevice device) {
    this.served = served;
    this.mounter = mounter;
    this.mountpoint = mountpoint;
    this.device = device;
    this.removals = new Notices(device.another());
    this.changes = new Notices(device.another());
    this.readAhead = new ReadAhead(served, device, Runtime.getRuntime().availableProcessors());
  }

  void serve(int count) {
    threads.addAll(readAhead.threads());
    int working = Math.max(2, Runtime.getRuntime().availableProcessors());
    Semaphore watch = new Semaphore(1);
    for (int i = 0; i < count; i++) {
      FuseDevice own = i < working ? device.another() : device.spare(watch);
      threads.add(Mounting.server(mountpoint, i, new Responder(served, own, readAhead)));
    }
  }

  @Override
  public Path mountpoint() {
    return mountpoint;
  }

  @Override
  public void removed(Collection<String> names) {
    for (String name : names) {
      if (!name.isEmpty() && name.length() <= 255) {
        served.nodes.removed(name);
        removals.send(reply -> reply.forgetTopEntry(name));
      }
    }
  }

  @Override
  public void changed() {
    changes.send(Reply::forgetTopAttributes);
  }

  /**
   * A way to tell the kernel something. That a name is gone waits for whoever looks into the top
   * folder, so that what needn't wait has a way of its own.
   */
  private static final class Notices {
    private final FuseDevice device;
    private final Arena arena = Arena.ofAuto();
    private final Reply reply = new Reply(arena.allocate(4096));
    private boolean closed;

    Notices(FuseDevice device) {
      this.device = device;
    }

    synchronized void send(Function<Reply, MemorySegment> notice) {
      if (closed) {
        return;
      }
      try {
        // That the kernel doesn't know what this is about is as well.
        FuseDevice.Sent unused = device.write(notice.apply(reply));
      } catch (IOException e) {
        LOG.log(Level.WARNING, "a mount may show what is gone: " + e.getMessage());
      }
    }

    synchronized void close() {
      closed = true;
      device.close();
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    removals.close();
    changes.close();
    readAhead.close();
    // A device that a thread may yet use stays open.
    if (Mounting.ended(mounter, mountpoint, served.gate, threads)) {
      device.close();
    }
  }
}
