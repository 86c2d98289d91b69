package org.buildchain.substituter.worker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.format.FormatException;
import org.buildchain.substituter.worker.wire.Operation;
import org.buildchain.substituter.worker.wire.Protocol;
import org.buildchain.substituter.worker.wire.WireReader;
import org.buildchain.substituter.worker.wire.WireWriter;
import org.buildchain.substituter.worker.wire.WorkerLog;

/**
 * The daemon's side of one connection.
 *
 * <p>Threat: the client is anybody that may connect. What it sends is read with limits; a request
 * that can't be read ends the connection, one that fails does not. It can add only content that has
 * the hash by which it is called, or that a trusted key has signed; unless it is trusted.
 */
public final class WorkerSession {
  private static final int BUFFER = 1 << 16;

  private final InputStream from;
  private final OutputStream to;
  private final WorkerService service;
  private final boolean trusted;

  /**
   * @param trusted whether the client may do what an administrator may
   */
  public WorkerSession(InputStream from, OutputStream to, WorkerService service, boolean trusted) {
    this.from = from;
    this.to = to;
    this.service = service;
    this.trusted = trusted;
  }

  /**
   * Serves until the client goes. The calling thread is interrupted if that happens while a request
   * is worked on.
   *
   * @throws IOException if the connection breaks
   * @throws FormatException if what came is not the protocol; the client was told
   */
  public void run() throws IOException {
    try (WatchedInput watched = new WatchedInput(from)) {
      WireReader in = new WireReader(watched, service.store().dir());
      WireWriter out = new WireWriter(new BufferedOutputStream(to, BUFFER), service.store().dir());
      WorkerLog log = new WorkerLog(out);
      int version = greet(in, out, log);
      Conversation c = new Conversation(in, out, log, service, version, trusted);
      Requests requests = new Requests(c);
      for (Optional<Long> number; (number = in.next()).isPresent(); ) {
        long n = number.get();
        watched.watch(true);
        one(c, requests, n);
        watched.watch(false);
        out.flush();
      }
    } catch (InterruptedException | InterruptedIOException e) {
      // The client went away.
      Thread.interrupted();
    }
  }

  private int greet(WireReader in, WireWriter out, WorkerLog log) throws IOException {
    if (in.number() != Protocol.CLIENT_MAGIC) {
      throw new FormatException("connection", "expected the greeting of a Nix client");
    }
    out.number(Protocol.DAEMON_MAGIC).number(Protocol.VERSION).flush();
    int version = Math.min(in.number("version", Integer.MAX_VALUE), Protocol.VERSION);
    if (version < Protocol.OLDEST) {
      throw new FormatException(
          "connection", "the client speaks a protocol older than 1.34: it is from before Nix 2.8");
    }
    if (version >= Protocol.FEATURES) {
      in.texts();
      out.number(0).flush();
    }
    if (in.flag()) {
      in.number(); // CPU affinity
    }
    in.flag(); // reserveSpace
    out.text(service.version());
    if (version >= Protocol.SAYS_TRUST) {
      out.number(trusted ? 1 : 2);
    }
    log.start();
    log.done();
    out.flush();
    return version;
  }

  private static void one(Conversation c, Requests requests, long number)
      throws IOException, InterruptedException {
    WorkerLog log = c.log();
    try (Store.Use _ = c.store().use()) {
      Operation operation =
          Operation.of(number)
              .orElseThrow(() -> new FormatException("invalid operation " + number));
      requests.perform(operation);
    } catch (Answered e) {
      // The next request can come.
    } catch (BuildException
        | StoreException
        | FormatException
        | UncheckedIOException
        | ServiceFailure e) {
      answer(log, e, Answered.message(e));
    } catch (StackOverflowError e) {
      answer(log, new IllegalStateException(e), "what was asked for is nested too deeply");
    } catch (RuntimeException e) {
      answer(log, e, Conversation.words("this is a mistake in bc, please report it: " + e));
      throw e;
    }
  }

  /** Says what is wrong. Where the request was not read to its end, nothing can follow. */
  private static void answer(WorkerLog log, RuntimeException e, String message) throws IOException {
    boolean stays = log.isWorking();
    log.failed(message);
    if (!stays) {
      throw e;
    }
  }
}
