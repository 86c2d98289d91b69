package org.buildchain.daemon.server;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.daemon.protocol.FrameChannel;
import org.buildchain.daemon.protocol.wire.ClientFrame;
import org.buildchain.daemon.protocol.wire.Ending;
import org.buildchain.daemon.protocol.wire.ServerFrame;
import org.buildchain.daemon.protocol.wire.StdinWanted;
import org.buildchain.daemon.protocol.wire.TerminalMode;
import org.buildchain.store.format.FormatException;

/** One client while its command runs. */
final class Connection implements Caller {
  private static final int GONE = -1;

  private final FrameChannel channel;
  private final Optional<String> request;
  private final Invocation invocation;
  private final Outgoing outgoing;
  private final Incoming incoming;
  private final OutputStream out;
  private final OutputStream err;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final Thread reader = Thread.ofVirtual().name("bc-reader").unstarted(this::listen);
  private final BlockingQueue<Integer> ran = new LinkedBlockingQueue<>();
  private volatile int columns;
  private volatile Optional<NextProgram> next = Optional.empty();
  private volatile Optional<Thread> worker = Optional.empty();

  /**
   * @param request its bytes as an octet string; empty if nobody may get the same reply
   */
  Connection(FrameChannel channel, Optional<String> request, Invocation invocation) {
    this.channel = channel;
    this.request = request;
    this.invocation = invocation;
    this.outgoing = new Outgoing(channel);
    this.columns = invocation.columns();
    this.incoming =
        new Incoming(
            () ->
                outgoing.send(
                    ServerFrame.newBuilder()
                        .setStdinWanted(StdinWanted.getDefaultInstance())
                        .build()));
    this.out = outgoing.stream(b -> ServerFrame.newBuilder().setStdout(b).build());
    this.err = outgoing.stream(b -> ServerFrame.newBuilder().setStderr(b).build());
  }

  /**
   * Runs the command on a new thread and sends its exit status; meanwhile reads what the client
   * says. Returns when both are done.
   *
   * @return whether the command asked for the daemon's end; then no exit status was sent
   */
  boolean serve(CommandHandler handler) throws InterruptedException {
    AtomicInteger status = new AtomicInteger(1);
    Thread thread = handler.thread(() -> status.set(handler.run(this)));
    worker = Optional.of(thread);
    thread.start();
    reader.start();
    thread.join();
    finished.set(true);
    if (status.get() == CommandHandler.STOP) {
      return true;
    }
    outgoing.finish(
        next.map(n -> ServerFrame.newBuilder().setBecome(n.frame()).build())
            .orElseGet(() -> ServerFrame.newBuilder().setExit(status.get() & 0xff).build()));
    handler.ended(invocation);
    return false;
  }

  /** Tells the client that the daemon ends. */
  void announceEnd() throws InterruptedException {
    outgoing.finish(ServerFrame.newBuilder().setEnding(Ending.getDefaultInstance()).build());
  }

  /**
   * Waits until the client goes. The connection stays open meanwhile, or until the process ends,
   * which tells the client that the store is free.
   */
  void awaitGone() throws InterruptedException {
    if (reader.getState() == Thread.State.NEW) {
      reader.start();
    }
    reader.join();
  }

  private void listen() {
    try {
      while (true) {
        Optional<ClientFrame> frame = channel.read(ClientFrame.parser(), FrameChannel.MAX_FRAME);
        if (frame.isEmpty() || !accept(frame.get())) {
          break;
        }
      }
    } catch (IOException | FormatException e) {
      // Gone or out of step: both end the command.
    }
    incoming.end();
    ran.add(GONE);
    if (!finished.get()) {
      cancel();
    }
  }

  private boolean accept(ClientFrame frame) {
    return switch (frame.getFrameCase()) {
      case STDIN -> incoming.accept(bytes(frame.getStdin()));
      case STDIN_END -> {
        incoming.end();
        yield true;
      }
      case SIGNAL -> {
        cancel();
        yield true;
      }
      case WINDOW_SIZE -> {
        columns = Math.clamp(frame.getWindowSize().getColumns(), 0, 10_000);
        yield true;
      }
      case RAN -> ran.offer(frame.getRan().getStatus() & 0xff);
      case REQUEST, FRAME_NOT_SET -> false;
    };
  }

  /** Asks the command to stop. */
  void cancel() {
    cancelled.set(true);
    worker.ifPresent(Thread::interrupt);
  }

  private static byte[] bytes(ByteString s) {
    return s.toByteArray();
  }

  @Override
  public Invocation invocation() {
    return invocation;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public OutputStream err() {
    return err;
  }

  @Override
  public InputStream in() {
    return incoming;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public void terminalKeys(boolean keys) {
    outgoing.send(
        ServerFrame.newBuilder()
            .setTerminalMode(
                keys ? TerminalMode.TERMINAL_MODE_KEYS : TerminalMode.TERMINAL_MODE_LINES)
            .build());
  }

  @Override
  public void become(NextProgram program) {
    next = Optional.of(program);
  }

  @Override
  public int run(NextProgram program) throws IOException {
    outgoing.send(ServerFrame.newBuilder().setRun(program.frame()).build());
    try {
      int status = ran.take();
      if (status != GONE) {
        return status;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("the client has gone away");
  }

  @Override
  public Optional<Transcript> transcript() {
    return next.isPresent()
        ? Optional.empty()
        : request.flatMap(r -> outgoing.ended().map(reply -> new Transcript(r, reply)));
  }

  @Override
  public boolean cancelled() {
    return cancelled.get();
  }
}
