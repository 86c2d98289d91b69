package org.buildchain.fuse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.fuse.FileSystemView.Directory;
import org.buildchain.fuse.FileSystemView.Entry;
import org.buildchain.fuse.FileSystemView.Kind;
import org.buildchain.fuse.FileSystemView.Node;
import org.buildchain.fuse.FileSystemView.Regular;
import org.buildchain.fuse.FileSystemView.Symlink;
import org.buildchain.fuse.NodeTable.Known;
import org.buildchain.fuse.device.FuseDevice;
import org.buildchain.fuse.protocol.Attributes;
import org.buildchain.fuse.protocol.Capability;
import org.buildchain.fuse.protocol.Opcode;
import org.buildchain.fuse.protocol.Reply;
import org.buildchain.fuse.protocol.Request;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.ipld.Block;

/**
 * Answers the kernel's requests, one after the other. Several of them serve a mount, each with a
 * device of its own.
 */
final class Responder implements Runnable {
  private static final Logger LOG = System.getLogger(Responder.class.getName());

  /** The most that READ and READDIR ask for: 256 pages. */
  static final int MAX_READ = 1 << 20;

  /** The oldest version of the protocol, of Linux 5.4; and the newest that we know of. */
  private static final int OLDEST_MINOR = 31;

  private static final int NEWEST_MINOR = 38;
  private static final int MAX_PAGES = 256;
  private static final int MAX_BACKGROUND = 64;

  /**
   * How long the kernel keeps the top folder's attributes by itself. It is told when they change
   * ({@link StoreMount#changed}); kernels before 5.10 may take an answer that was under way then
   * for a new one, and so show an old listing this long.
   */
  private static final long TOP_SECONDS = 1;

  /**
   * How long the kernel keeps what a name of the top folder leads to: when an object was last used
   * is known as exactly as this.
   */
  private static final long OBJECT_SECONDS = 3600;

  /** More than a request with the longest name takes, and what the kernel demands at least. */
  private static final int REQUEST_SIZE = 16 << 10;

  private static final int WANTED =
      Capability.ASYNC_READ
          | Capability.AUTO_INVAL_DATA
          | Capability.DO_READDIRPLUS
          | Capability.NO_OPEN_SUPPORT
          | Capability.NO_OPENDIR_SUPPORT
          | Capability.PARALLEL_DIROPS
          | Capability.ABORT_ERROR
          | Capability.MAX_PAGES
          | Capability.CACHE_SYMLINKS;

  private static final int ENOENT = 2;
  private static final int EIO = 5;
  private static final int ENOTDIR = 20;
  private static final int EISDIR = 21;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EPROTO = 71;
  private static final int ESTALE = 116;

  /** {@code .} and {@code ..} stand before all inodes but the root's, which is in no listing. */
  private static final long DOT = 1;

  private static final long DOT_DOT = 2;
  private static final int DIRECTORY_TYPE = 4;

  /** Less is copied as fast. */
  private static final int LEAST_LENT = 64 << 10;

  private static final Block.Lent NOTHING_LENT =
      new Block.Lent() {
        @Override
        public MemorySegment bytes() {
          return MemorySegment.NULL;
        }

        @Override
        public void close() {}
      };

  private final Served served;
  private final FuseDevice device;
  private final ReadAhead readAhead;

  /** What the answer that is being made ends with. */
  private Block.Lent lent = NOTHING_LENT;

  Responder(Served served, FuseDevice device, ReadAhead readAhead) {
    this.readAhead = readAhead;
    this.served = served;
    this.device = device;
  }

  /** Until the mount is gone. Closes the device. */
  @Override
  public void run() {
    try (device;
        Arena arena = Arena.ofConfined()) {
      MemorySegment incoming = arena.allocate(REQUEST_SIZE, 8);
      Reply reply = new Reply(arena.allocate(MAX_READ + 4096L, 4096));
      for (int n; (n = device.read(incoming)) >= 0; ) {
        Request request;
        try {
          request = Request.of(incoming, n);
        } catch (FormatException e) {
          LOG.log(Level.ERROR, e.getMessage());
          continue;
        }
        if (!respond(request, reply)) {
          return;
        }
      }
    }
  }

  /** Whether there may be further requests. */
  private boolean respond(Request request, Reply reply) {
    switch (request.opcode()) {
      case Opcode.FORGET, Opcode.BATCH_FORGET -> {
        try {
          request.forgotten(served::forget);
        } catch (FormatException e) {
          LOG.log(Level.ERROR, e.getMessage());
        }
        return true;
      }
      default -> {}
    }
    List<Known> told = new ArrayList<>();
    MemorySegment answer = answer(request, reply, told);
    FuseDevice.Sent sent;
    try (Block.Lent body = lent) {
      sent = device.write(answer, body.bytes());
    } catch (IOException e) {
      LOG.log(Level.ERROR, "request " + request.opcode() + " of the mount: " + e.getMessage());
      sent = FuseDevice.Sent.UNKNOWN;
    } finally {
      lent = NOTHING_LENT;
    }
    if (sent == FuseDevice.Sent.DONE && request.opcode() == Opcode.READ) {
      noticed(request, answer);
    }
    if (sent != FuseDevice.Sent.DONE) {
      told.forEach(k -> served.forget(k.id(), 1));
    }
    return sent != FuseDevice.Sent.GONE;
  }

  private void noticed(Request request, MemorySegment answer) {
    Optional<Known> known = served.nodes.get(request.node());
    if (known.isPresent() && known.get().node() instanceof Regular file) {
      int length = Reply.payloadLength(answer);
      long offset = request.range(MAX_READ).offset();
      readAhead.noticed(known.get(), file, new ReadAhead.Request(offset, length));
    }
  }

  /** Nothing that goes wrong may end the thread: every failure becomes an error number. */
  private MemorySegment answer(Request request, Reply reply, List<Known> told) {
    try {
      boolean open = served.gate.enter();
      // Closing a file isn't a failure, whatever became of the mount.
      return open || request.opcode() == Opcode.FLUSH
          ? handle(request, reply, told)
          : reply.error(request.unique(), EIO);
    } catch (IOException | FormatException | StoreException e) {
      Mounting.unreadable(path(request), e);
      return reply.error(request.unique(), EIO);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "request " + request.opcode() + " of the mount failed", e);
      return reply.error(request.unique(), EIO);
    } finally {
      served.gate.leave();
    }
  }

  /** What a request is about. */
  private String path(Request request) {
    Optional<Known> known = served.nodes.get(request.node());
    try {
      return known.isPresent() && request.opcode() == Opcode.LOOKUP
          ? known.get().path() + "/" + request.name()
          : known.map(Served::path).orElse("?");
    } catch (FormatException e) {
      // The name may be what is wrong.
      return "?";
    }
  }

  private MemorySegment handle(Request request, Reply reply, List<Known> told) throws IOException {
    long unique = request.unique();
    switch (request.opcode()) {
      case Opcode.INIT -> {
        return init(request, reply);
      }
      case Opcode.STATFS -> {
        return reply.fileSystem(unique);
      }
      case Opcode.RELEASE, Opcode.RELEASEDIR, Opcode.DESTROY -> {
        return reply.done(unique);
      }
      case Opcode.FLUSH -> {
        return reply.error(unique, ENOSYS);
      }
      case Opcode.OPEN -> {
        return served.opensStayInKernel()
            ? reply.error(unique, ENOSYS)
            : reply.opened(unique, Capability.KEEP_CACHE);
      }
      case Opcode.OPENDIR -> {
        return served.openDirsStayInKernel()
            ? reply.error(unique, ENOSYS)
            : reply.opened(unique, Capability.KEEP_CACHE | Capability.CACHE_DIR);
      }
      default -> {}
    }
    Optional<Known> known = served.nodes.get(request.node());
    if (known.isEmpty()) {
      return reply.error(unique, ESTALE);
    }
    Known about = known.get();
    return switch (request.opcode()) {
      case Opcode.LOOKUP -> lookup(request, reply, about, told);
      case Opcode.GETATTR ->
          about.id() == NodeTable.ROOT
              ? reply.attributes(unique, served.rootAttributes(), TOP_SECONDS)
              : reply.attributes(unique, served.attributes(about.node()), Reply.YEAR);
      case Opcode.READLINK ->
          about.node() instanceof Symlink link
              ? reply.octets(unique, link.target())
              : reply.error(unique, EINVAL);
      case Opcode.READ -> read(request, reply, about);
      case Opcode.READDIR -> list(request, reply, about, Optional.empty());
      case Opcode.READDIRPLUS -> list(request, reply, about, Optional.of(told));
      // INTERRUPT too: requests end by themselves, so that the kernel need not tell.
      default -> reply.error(unique, ENOSYS);
    };
  }

  private MemorySegment init(Request request, Reply reply) {
    Request.Init init = request.init();
    if (init.major() < 7 || (init.major() == 7 && init.minor() < OLDEST_MINOR)) {
      LOG.log(Level.ERROR, "the kernel's FUSE " + init.major() + "." + init.minor() + " is old");
      return reply.error(request.unique(), EPROTO);
    }
    int minor = init.major() > 7 ? NEWEST_MINOR : Math.min(init.minor(), NEWEST_MINOR);
    served.capabilities = init.flags() & WANTED;
    return reply.init(
        request.unique(),
        new Reply.Init(minor, MAX_READ, served.capabilities, MAX_PAGES, MAX_BACKGROUND));
  }

  private MemorySegment lookup(Request request, Reply reply, Known parent, List<Known> told)
      throws IOException {
    if (!(parent.node() instanceof Directory folder)) {
      return reply.error(request.unique(), ENOTDIR);
    }
    String name = request.name();
    Optional<Node> child = folder.lookup(name);
    if (child.isEmpty()) {
      // In the top folder it may appear at any time; below, never.
      return parent.id() == NodeTable.ROOT
          ? reply.error(request.unique(), ENOENT)
          : reply.noEntry(request.unique());
    }
    Attributes attributes = served.attributes(child.get());
    if (!(child.get() instanceof Directory)) {
      served.readers.lookedUp(request.thread());
    }
    Known known = served.nodes.tell(parent, name, child.get());
    told.add(known);
    long seconds = parent.id() == NodeTable.ROOT ? OBJECT_SECONDS : Reply.YEAR;
    return reply.entry(request.unique(), known.id(), attributes, seconds);
  }

  private MemorySegment read(Request request, Reply reply, Known known) throws IOException {
    if (!(known.node() instanceof Regular file)) {
      return reply.error(request.unique(), known.node() instanceof Directory ? EISDIR : EINVAL);
    }
    Request.Range range = request.range(MAX_READ);
    Optional<Block.Lent> part =
        range.size() < LEAST_LENT ? Optional.empty() : file.lend(range.offset(), range.size());
    if (part.isPresent()) {
      lent = part.get();
      return reply.before(request.unique(), (int) lent.bytes().byteSize());
    }
    int length = file.read(range.offset(), reply.payload(range.size()));
    return reply.bytes(request.unique(), length);
  }

  private MemorySegment list(Request request, Reply reply, Known known, Optional<List<Known>> told)
      throws IOException {
    if (!(known.node() instanceof Directory folder)) {
      return reply.error(request.unique(), ENOTDIR);
    }
    Request.Range range = request.range(MAX_READ);
    int size = range.size();
    long cookie = range.offset();
    reply.beginListing();
    if (cookie < DOT) {
      add(reply, ".", folder, DOT, size, told.isPresent());
    }
    if (cookie < DOT_DOT) {
      add(reply, "..", folder, DOT_DOT, size, told.isPresent());
    }
    Listings.Listing listing = served.listings.of(known, folder, cookie == 0);
    Entry[] entries = listing.entries();
    boolean wanted = told.isPresent() && served.readers.wants(request.thread());
    for (int i = listing.after(cookie); i < entries.length; i++) {
      Entry entry = entries[i];
      boolean fitted =
          told.isPresent()
              ? addPlus(reply, known, entry, size, wanted, told.get())
              : reply.add(
                  entry.name(), entry.inode(), Modes.type(entry.kind()) >> 12, entry.inode(), size);
      if (!fitted) {
        break;
      }
    }
    return reply.listing(request.unique());
  }

  /** The kernel makes up by itself what these lead to. */
  private void add(Reply reply, String name, Directory folder, long cookie, int size, boolean plus)
      throws IOException {
    if (plus) {
      reply.addPlus(name, DIRECTORY_TYPE, cookie, size, 0, served.attributes(folder));
    } else {
      reply.add(name, folder.inode(), DIRECTORY_TYPE, cookie, size);
    }
  }

  /**
   * Adds an entry with its attributes.
   *
   * @param wanted whether those of a file whose kind is known are
   */
  private boolean addPlus(
      Reply reply, Known parent, Entry entry, int size, boolean wanted, List<Known> told) {
    if (!reply.fitsPlus(entry.name(), size)) {
      return false;
    }
    Optional<Node> child = Optional.empty();
    Optional<Attributes> attributes = Optional.empty();
    try {
      // Who lists all objects uses none of them: the kernel asks for those that are wanted.
      boolean name = parent.id() == NodeTable.ROOT || (!wanted && entry.kind() == Kind.REGULAR);
      child = name ? Optional.empty() : entry.opener().open();
      if (child.isPresent()) {
        attributes = Optional.of(served.attributes(child.get()));
      }
    } catch (IOException | FormatException | StoreException e) {
      // Whoever wants this file meets the error; the others of the folder can be listed.
      Mounting.unreadable(parent.path() + "/" + entry.name(), e);
    }
    if (attributes.isEmpty()) {
      return reply.addPlus(
          entry.name(),
          Modes.type(entry.kind()) >> 12,
          entry.inode(),
          size,
          0,
          new Attributes(entry.inode(), 0, 0, 0, 0, 0));
    }
    Known known = served.nodes.tell(parent, entry.name(), child.get());
    told.add(known);
    return reply.addPlus(
        entry.name(),
        attributes.get().mode() >> 12,
        entry.inode(),
        size,
        known.id(),
        attributes.get());
  }
}
