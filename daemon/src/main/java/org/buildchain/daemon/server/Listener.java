package org.buildchain.daemon.server;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.daemon.protocol.FrameChannel;
import org.buildchain.daemon.protocol.wire.ClientFrame;
import org.buildchain.daemon.protocol.wire.Request;
import org.buildchain.daemon.protocol.wire.ServerFrame;
import org.buildchain.store.format.FormatException;

/**
 * Accepts clients on a Unix socket and serves each on threads of its own until it is stopped. The
 * thread that the kernel wakes for a client is the one that reads its request and, where the reply
 * is known, sends it: each step to another thread costs a tenth of a millisecond.
 *
 * <p>When it ends by itself: on {@link #stop}; after having been idle for the time given; and when
 * a client of another build comes while nothing runs, which then starts a daemon of its build.
 */
public final class Listener implements AutoCloseable {
  /** So many threads wait for clients, when commands run too. */
  private static final int AHEAD = 2;

  /** With more of them than this, one ends when it has served its client. */
  private static final int MOST_AHEAD = 8;

  private final Path socket;
  private final String build;
  private final ServerSocketChannel server;
  private final PeerCheck peers;
  private final Set<Connection> active = ConcurrentHashMap.newKeySet();
  private final Activity activity;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Binds the socket, replacing a dead one: the caller holds the lock that keeps a second daemon
   * away.
   *
   * @param socket where it stands; its folder must be closed to others
   * @param build what clients must be of; empty if any will do
   * @param idle after which the listener stops; zero for never
   */
  public Listener(Path socket, String build, Duration idle) throws IOException {
    this.socket = socket;
    this.build = build;
    this.activity = new Activity(idle);
    Files.deleteIfExists(socket);
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket), 128);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      this.peers = new PeerCheck(socket);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** Serves until stopped. Returns when no command runs any more. */
  public void serve(CommandHandler handler) throws InterruptedException {
    serve(handler, () -> {});
  }

  /**
   * The same.
   *
   * @param ending sends guests away when the service ends
   */
  public void serve(CommandHandler handler, Runnable ending) throws InterruptedException {
    awaitClients(handler, AHEAD);
    activity.awaitStop();
    close();
    ending.run();
    activity.awaitIdle();
  }

  /** Has so many threads wait for clients, or as many as there may be. */
  private void awaitClients(CommandHandler handler, int threads) {
    try {
      while (waiting.get() < threads) {
        Thread.ofPlatform().daemon().name("bc-client").start(() -> accept(handler));
        waiting.incrementAndGet();
      }
    } catch (OutOfMemoryError e) {
      // No more threads: the caller's own waits again when it has served its client.
    }
  }

  private void accept(CommandHandler handler) {
    boolean needed = true;
    while (needed) {
      SocketChannel client;
      try {
        client = server.accept();
      } catch (IOException e) {
        activity.stop();
        return;
      }
      waiting.decrementAndGet();
      awaitClients(handler, 1);
      converse(client, handler);
      needed = waiting.incrementAndGet() <= MOST_AHEAD && !Thread.currentThread().isInterrupted();
    }
    waiting.decrementAndGet();
  }

  private void converse(SocketChannel client, CommandHandler handler) {
    try (FrameChannel channel = new FrameChannel(client)) {
      if (!peers.admits(client)) {
        refuse(channel, "this daemon serves its own user and root only");
        return;
      }
      try {
        Optional<byte[]> first = channel.read(FrameChannel.MAX_REQUEST);
        if (first.isPresent()) {
          // Each byte a char.
          String octets = new String(first.get(), StandardCharsets.ISO_8859_1);
          if (!reply(channel, octets, handler)) {
            // A command may take long.
            awaitClients(handler, AHEAD);
            converse(channel, first.get(), octets, handler);
          }
        }
      } catch (FormatException e) {
        refuse(channel, e.getMessage());
      }
    } catch (IOException e) {
      // The client is gone; nobody is left to tell.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a reply that is known; false if there is none. */
  private boolean reply(FrameChannel channel, String request, CommandHandler handler)
      throws IOException {
    try {
      Optional<byte[]> known = activity.begin(false) ? handler.known(request) : Optional.empty();
      if (known.isPresent()) {
        channel.write(known.get());
      }
      return known.isPresent();
    } finally {
      activity.end();
    }
  }

  private void converse(FrameChannel channel, byte[] bytes, String octets, CommandHandler handler)
      throws InterruptedException {
    ClientFrame first = FrameChannel.parse(ClientFrame.parser(), bytes);
    if (!first.hasRequest()) {
      throw new FormatException("connection", "must begin with a request");
    }
    Request request = first.getRequest();
    Invocation invocation = Invocation.of(request);
    boolean stale =
        !build.isEmpty() && !request.getBuild().isEmpty() && !request.getBuild().equals(build);
    Connection connection =
        new Connection(channel, stale ? Optional.empty() : Optional.of(octets), invocation);
    boolean ending;
    try {
      ending = !activity.begin(stale) || run(connection, handler);
      if (ending) {
        connection.announceEnd();
      }
    } finally {
      activity.end();
    }
    if (ending) {
      stop(true);
      connection.awaitGone();
    }
  }

  /** Whether the command asked for the daemon's end. */
  private boolean run(Connection connection, CommandHandler handler) throws InterruptedException {
    active.add(connection);
    try {
      return connection.serve(handler);
    } finally {
      active.remove(connection);
    }
  }

  private static void refuse(FrameChannel channel, String why) throws IOException {
    channel.write(
        ServerFrame.newBuilder()
            .setStderr(ByteString.copyFromUtf8("error: " + why + "\n"))
            .build());
    channel.write(ServerFrame.newBuilder().setExit(1).build());
  }

  /** Another conversation, during which the daemon is not idle. */
  public interface Guest extends AutoCloseable {
    @Override
    void close();
  }

  /** Counts a conversation in that comes another way; empty if the daemon ends. */
  public Optional<Guest> guest() {
    if (!activity.begin(false)) {
      activity.end();
      return Optional.empty();
    }
    return Optional.of(activity::end);
  }

  /** How many commands run now. */
  public int running() {
    return active.size();
  }

  /**
   * Ends the service: no new commands.
   *
   * @param cancel whether those that run are asked to stop as well
   */
  public void stop(boolean cancel) {
    activity.stop();
    if (cancel) {
      active.forEach(Connection::cancel);
    }
  }

  /** Closes the socket and removes its file. */
  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      // The next daemon replaces what is left.
    }
  }
}
