package org.buildchain.substituter.worker.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.nar.Nar;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.worker.wire.BasicDerivations;
import org.buildchain.substituter.worker.wire.BuildOutcome;
import org.buildchain.substituter.worker.wire.ExactNar;
import org.buildchain.substituter.worker.wire.Greeting;
import org.buildchain.substituter.worker.wire.PathInfos;
import org.buildchain.substituter.worker.wire.ServeProtocol;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WireWriter;

/**
 * The client's side of {@code nix-store --serve --write}, for {@code ssh://}. What the other side's
 * user shall see, builders' output among it, comes on its standard error.
 */
final class ServeClient implements StoreConnection {
  private static final int BUFFER = 1 << 16;

  private final WireReader in;
  private final WireWriter out;
  private final ShownErrors errors;
  private final AutoCloseable transport;
  private final int version;

  /**
   * Greets.
   *
   * @param standardError of the other side
   * @param notes takes what the other side's user shall see, octet strings
   * @param transport is closed with this; what it reads ends then
   */
  ServeClient(
      StoreDir dir,
      InputStream from,
      OutputStream to,
      InputStream standardError,
      AutoCloseable transport,
      Consumer<String> notes)
      throws IOException {
    InputStream buffered = new BufferedInputStream(from, BUFFER);
    this.in = new WireReader(buffered, dir);
    this.out = new WireWriter(new BufferedOutputStream(to, BUFFER), dir);
    this.transport = transport;
    this.errors = new ShownErrors(standardError, notes);
    out.number(ServeProtocol.CLIENT_MAGIC).number(ServeProtocol.VERSION).flush();
    try {
      long first = in.number();
      if (first != ServeProtocol.SERVER_MAGIC) {
        throw Greeting.isNone("'nix-store --serve'", first, buffered);
      }
    } catch (EOFException e) {
      errors.finish();
      throw new IOException(errors.last().orElse("the connection ended"), e);
    }
    this.version = Math.min(in.number("version", Integer.MAX_VALUE), ServeProtocol.VERSION);
    if (version < ServeProtocol.OLDEST) {
      throw new FormatException("connection", "the other side is older than Nix 2.3");
    }
  }

  private WireWriter begin(int command) throws IOException {
    in.begin();
    return out.number(command);
  }

  @Override
  public SortedSet<StorePath> valid(Collection<StorePath> paths, boolean substitute)
      throws IOException {
    // Locked: they stay until this connection ends.
    begin(ServeProtocol.QUERY_VALID_PATHS).flag(true).flag(substitute).paths(paths).flush();
    return in.paths();
  }

  @Override
  public Optional<ForeignObject> query(StorePath path) throws IOException {
    begin(ServeProtocol.QUERY_PATH_INFOS).paths(List.of(path)).flush();
    Optional<StorePath> told = in.optionalPath();
    if (told.isEmpty()) {
      return Optional.empty();
    }
    Optional<StorePath> deriver = in.optionalPath();
    SortedSet<StorePath> references = in.paths();
    in.number(); // download size
    long narSize = in.number();
    Hash narHash = Hash.parse(in.text(256), Optional.empty());
    String address = in.text(256);
    SortedSet<String> signatures = new TreeSet<>(in.texts());
    if (!told.get().equals(path) || in.optionalPath().isPresent()) {
      throw new FormatException("connection", "expected what is known of '" + path + "' alone");
    }
    return Optional.of(
        new ForeignObject(
            path,
            narHash,
            narSize,
            references,
            deriver,
            signatures,
            address.isEmpty() ? Optional.empty() : Optional.of(ContentAddress.parse(address))));
  }

  @Override
  public void nar(ForeignObject said, NarTaker taker) throws IOException {
    begin(ServeProtocol.DUMP_STORE_PATH).path(said.path()).flush();
    ExactNar nar = new ExactNar(in.raw(), said.narSize());
    taker.take(nar);
    nar.skipRest();
  }

  @Override
  public void add(List<PathInfo> objects, Trees trees, boolean unchecked) throws IOException {
    for (PathInfo object : objects) {
      begin(ServeProtocol.ADD_TO_STORE_NAR).path(object.path());
      PathInfos.write(out, object);
      try {
        Nar.write(
            trees.open(object.path()),
            (data, offset, length) -> {
              try {
                out.raw().write(data, offset, length);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
        out.flush();
        if (in.number() != 1) {
          throw new StoreException("the other side did not take '" + object.path() + "'");
        }
      } catch (UncheckedIOException e) {
        throw refused(e.getCause());
      } catch (IOException e) {
        throw refused(e);
      }
    }
  }

  /** The protocol has no words for a failure: it ends. What was printed before tells why. */
  private IOException refused(IOException e) {
    errors.finish();
    return errors.last().map(line -> new IOException(line, e)).orElse(e);
  }

  @Override
  public Optional<Boolean> trusted() {
    return Optional.empty();
  }

  @Override
  public BuildOutcome build(
      StorePath drvPath, Derivation drv, BuildJob.Limits limits, RemoteBuilders.Log log)
      throws IOException {
    errors.show(log);
    begin(ServeProtocol.BUILD_DERIVATION).path(drvPath);
    BasicDerivations.write(out, drv);
    out.number(limits.maxSilentSeconds()).number(limits.timeoutSeconds());
    out.number(limits.maxLogBytes()).number(0).flag(false);
    if (version >= ServeProtocol.KEEP_FAILED) {
      out.flag(false);
    }
    out.flush();
    try {
      return BuildOutcome.read(in, version >= ServeProtocol.OUTPUTS, false);
    } catch (EOFException e) {
      throw refused(e);
    }
  }

  @Override
  public BuildOutcome build(StorePath drvPath, BuildJob.Limits limits, RemoteBuilders.Log log) {
    throw new StoreException("ssh:// stores build only what is sent to them");
  }

  /** Ends it when all that the other side has printed is shown. */
  @Override
  public void close() throws IOException {
    try (errors) {
      transport.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
