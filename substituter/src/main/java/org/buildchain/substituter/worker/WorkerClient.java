package org.buildchain.substituter.worker;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * The client's side of one connection: a store of Nix, or of another bc, from which paths are
 * copied and to which. For one thread at a time. Whatever the daemon refuses comes as a {@link
 * StoreException} with its words; the connection goes on after.
 *
 * <p>Threat: the daemon is anybody. What it sends is read with limits; whether it may be believed
 * is for the caller to say, by what it does with it.
 */
public final class WorkerClient implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_FIELDS = 1 << 10;
  private static final int MAX_TRACES = 1 << 16;

  private final WireReader in;
  private final WireWriter out;
  private final AutoCloseable transport;
  private final Consumer<String> notes;
  private final int version;

  /**
   * Greets.
   *
   * @param notes takes what the daemon wants its user to see, octet strings
   * @param transport is closed with this
   * @throws FormatException if nobody speaks the protocol there, or only one older than 1.34
   */
  public WorkerClient(
      StoreDir dir,
      InputStream from,
      OutputStream to,
      AutoCloseable transport,
      Consumer<String> notes)
      throws IOException {
    this.in = new WireReader(new BufferedInputStream(from, BUFFER), dir);
    this.out = new WireWriter(new BufferedOutputStream(to, BUFFER), dir);
    this.transport = transport;
    this.notes = notes;
    out.number(Protocol.CLIENT_MAGIC).number(Protocol.VERSION).flush();
    if (in.number() != Protocol.DAEMON_MAGIC) {
      throw new FormatException("connection", "nobody speaks Nix's worker protocol there");
    }
    this.version = Math.min(in.number("version", Integer.MAX_VALUE), Protocol.VERSION);
    if (version < Protocol.OLDEST) {
      throw new FormatException("connection", "the daemon is older than Nix 2.8");
    }
    if (version >= Protocol.FEATURES) {
      out.number(0).flush();
      in.texts();
    }
    out.number(0).number(0).flush();
    in.text(1 << 12); // its version
    if (version >= Protocol.SAYS_TRUST) {
      in.number();
    }
    await();
  }

  /** Reads what comes before a result. */
  private void await() throws IOException {
    out.flush();
    while (true) {
      long kind = in.number();
      if (kind == Protocol.LAST) {
        return;
      } else if (kind == Protocol.NEXT) {
        notes.accept(in.text().stripTrailing());
      } else if (kind == Protocol.START_ACTIVITY) {
        in.number();
        in.number();
        in.number();
        in.text();
        fields();
        in.number();
      } else if (kind == Protocol.STOP_ACTIVITY) {
        in.number();
      } else if (kind == Protocol.RESULT) {
        in.number();
        in.number();
        fields();
      } else if (kind == Protocol.ERROR) {
        throw new StoreException(error());
      } else {
        throw new FormatException("connection", "expected a message, not " + kind);
      }
    }
  }

  private void fields() throws IOException {
    int count = in.number("number of fields", MAX_FIELDS);
    for (int i = 0; i < count; i++) {
      if (in.number("kind of a field", 1) == 0) {
        in.number();
      } else {
        in.text();
      }
    }
  }

  private String error() throws IOException {
    in.text(256); // "Error"
    in.number(); // level
    in.text(1 << 12); // its name
    String message = in.text();
    in.number(); // no position
    int traces = in.number("number of traces", MAX_TRACES);
    for (int i = 0; i < traces; i++) {
      in.number();
      in.text();
    }
    return message;
  }

  private WireWriter begin(Operation operation) throws IOException {
    return out.number(operation.number());
  }

  /** Which of these are valid there. */
  public SortedSet<StorePath> valid(Collection<StorePath> paths) throws IOException {
    begin(Operation.QUERY_VALID_PATHS).paths(paths).flag(false);
    await();
    return in.paths();
  }

  /** What is known there of a path, if it is valid. */
  public Optional<ForeignObject> query(StorePath path) throws IOException {
    begin(Operation.QUERY_PATH_INFO).path(path);
    await();
    return in.flag() ? Optional.of(PathInfos.read(in, path)) : Optional.empty();
  }

  /** Takes a NAR; reads exactly that. */
  public interface NarTaker {
    /** Takes it. */
    void take(InputStream nar) throws IOException;
  }

  /** Fetches the NAR of a valid path. If {@code taker} fails the connection is of no more use. */
  public void nar(ForeignObject said, NarTaker taker) throws IOException {
    begin(Operation.NAR_FROM_PATH).path(said.path());
    await();
    ExactNar nar = new ExactNar(in.raw(), said.narSize());
    taker.take(nar);
    nar.skipRest();
  }

  /** Gives the tree of a path. */
  public interface Trees {
    /** The tree. */
    FileTree open(StorePath path) throws IOException;
  }

  /**
   * Adds objects.
   *
   * @param objects each after what it refers to
   * @param unchecked asks the daemon not to look for signatures, which it does for those alone whom
   *     it trusts
   */
  public void add(List<PathInfo> objects, Trees trees, boolean unchecked) throws IOException {
    begin(Operation.ADD_MULTIPLE_TO_STORE).flag(false).flag(unchecked);
    try (FramedOutput framed = new FramedOutput(out)) {
      WireWriter to = new WireWriter(framed, out.dir());
      to.number(objects.size());
      for (PathInfo object : objects) {
        to.path(object.path());
        PathInfos.write(to, object);
        Nar.write(
            trees.open(object.path()),
            (data, offset, length) -> write(framed, data, offset, length));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    await();
  }

  private static void write(OutputStream to, byte[] data, int offset, int length) {
    try {
      to.write(data, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      transport.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
