package org.buildchain.tests.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.substituter.worker.WorkerService;
import org.buildchain.substituter.worker.WorkerSession;

/**
 * The daemon's side of Nix's worker protocol, for a client that is not trusted: whatever comes ends
 * with an answer or with the connection.
 */
public final class WorkerTarget {
  private static final byte[] GREETING = greeting();

  /** What follows: requests that there are none of. */
  private static final InputStream ZEROS =
      new InputStream() {
        @Override
        public int read() {
          return 0;
        }

        /** Few at a time: the session reads ahead. */
        @Override
        public int read(byte[] into, int at, int length) {
          int n = Math.min(length, Long.BYTES);
          Arrays.fill(into, at, at + n, (byte) 0);
          return n;
        }
      };

  private static final WorkerService SERVICE = service();

  private WorkerTarget() {}

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    InputStream greeted =
        new SequenceInputStream(new ByteArrayInputStream(GREETING), new ByteArrayInputStream(data));
    InputStream in = new SequenceInputStream(greeted, ZEROS);
    try {
      new WorkerSession(in, OutputStream.nullOutputStream(), SERVICE, false).run();
    } catch (FormatException | StoreException | BuildException e) {
      // The client was told.
    } catch (IOException e) {
      // The connection breaks.
    }
  }

  private static byte[] greeting() {
    ByteBuffer words = ByteBuffer.allocate(5 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return words.putLong(0x6e697863).putLong(0x126).putLong(0).putLong(0).putLong(0).array();
  }

  /** A store of nobody's: it can neither build nor fetch. */
  private static WorkerService service() {
    DiskStore store;
    Path folder;
    try {
      folder = Files.createTempDirectory("worker-target");
      store = new DiskStore(folder, StoreDir.DEFAULT, Clock.systemUTC());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Derivations derivations = new Derivations(store);
    OutputPaths paths = new OutputPaths(store.dir(), derivations);
    return (WorkerService)
        Proxy.newProxyInstance(
            WorkerTarget.class.getClassLoader(),
            new Class<?>[] {WorkerService.class},
            (_, method, _) ->
                switch (method.getName()) {
                  case "version" -> "fuzz";
                  case "store" -> store;
                  case "derivations" -> derivations;
                  case "outputPaths" -> paths;
                  case "spool" -> folder;
                  case "substituter" -> Substituter.NONE;
                  case "trustedKeys", "roots" -> List.of();
                  case "requiresSignatures" -> true;
                  case "realisation" -> Optional.empty();
                  case "options", "holdTemporarily", "close" -> null;
                  default -> throw new StoreException("not to be had here");
                });
  }
}
