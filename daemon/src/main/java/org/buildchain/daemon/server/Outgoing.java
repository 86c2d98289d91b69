package org.buildchain.daemon.server;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.buildchain.daemon.protocol.FrameChannel;
import org.buildchain.daemon.protocol.wire.ServerFrame;

/**
 * Frames on their way to a client. A thread of its own writes them, because an interrupted write
 * closes a channel, and a command that is cancelled still has a message and an exit status to send.
 */
final class Outgoing {
  private static final int CHUNK = 1 << 16;

  /** So much output is remembered while the command runs, in bytes. */
  private static final long MOST_NOTED = 1 << 18;

  private final FrameChannel channel;
  private final BlockingQueue<ServerFrame> queue = new ArrayBlockingQueue<>(64);
  private final AtomicBoolean broken = new AtomicBoolean();
  private final Thread writer;
  private final List<ServerFrame> sent = new ArrayList<>();
  private long noted;

  Outgoing(FrameChannel channel) {
    this.channel = channel;
    this.writer = Thread.ofVirtual().name("bc-writer").start(this::drain);
  }

  private void drain() {
    try {
      while (true) {
        ServerFrame frame = queue.take();
        if (!broken.get()) {
          write(frame);
        }
        if (frame.hasExit() || frame.hasEnding() || frame.hasBecome()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      broken.set(true);
    }
  }

  private void write(ServerFrame frame) {
    try {
      channel.write(frame);
    } catch (IOException e) {
      // The client is gone. Its reader notices and cancels; what comes now is dropped.
      broken.set(true);
    }
  }

  /** All that was sent, behind it an exit of status 0; empty if it is not known or no output. */
  synchronized Optional<byte[]> ended() {
    if (noted > MOST_NOTED) {
      return Optional.empty();
    }
    List<ServerFrame> all = new ArrayList<>(sent);
    all.add(ServerFrame.newBuilder().setExit(0).build());
    return Optional.of(FrameChannel.frames(all));
  }

  private synchronized void note(ServerFrame frame) {
    noted =
        frame.hasStdout() || frame.hasStderr()
            ? Math.addExact(noted, frame.getSerializedSize())
            : Long.MAX_VALUE / 2;
    if (noted > MOST_NOTED) {
      sent.clear();
    } else {
      sent.add(frame);
    }
  }

  /** Queues a frame; waits while the client is slow. An interrupt is kept for later. */
  void send(ServerFrame frame) {
    note(frame);
    boolean interrupted = false;
    while (true) {
      try {
        queue.put(frame);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends the last frame, an exit, an ending or a become, and waits until it is written. */
  void finish(ServerFrame last) throws InterruptedException {
    send(last);
    writer.join();
  }

  /** A stream whose bytes go out as frames that {@code wrap} makes. */
  OutputStream stream(Function<ByteString, ServerFrame> wrap) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; done += CHUNK) {
          int n = Math.min(CHUNK, length - done);
          send(wrap.apply(ByteString.copyFrom(bytes, offset + done, n)));
        }
      }
    };
  }
}
