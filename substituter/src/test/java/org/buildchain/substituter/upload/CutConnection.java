package org.buildchain.substituter.upload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Passes connections on to a server, and breaks off those over which much is sent. */
final class CutConnection implements AutoCloseable {
  private final ServerSocket listening;
  private final InetSocketAddress server;
  private final long after;
  private final AtomicInteger cutsLeft;
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param after bytes of one connection that are passed on before it is cut
   * @param cuts how many connections are
   */
  CutConnection(InetSocketAddress server, long after, int cuts) throws IOException {
    this.server = server;
    this.after = after;
    this.cutsLeft = new AtomicInteger(cuts);
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** Bytes that came from clients. */
  long sent() {
    return sent.get();
  }

  int cutsLeft() {
    return cutsLeft.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket up = new Socket(server.getAddress(), server.getPort());
        Thread.ofVirtual().start(() -> pass(up, client, false));
        Thread.ofVirtual().start(() -> pass(client, up, true));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void pass(Socket from, Socket to, boolean cuts) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      long passed = 0;
      for (int n; (n = in.read(buffer)) > 0; ) {
        out.write(buffer, 0, n);
        passed += n;
        if (cuts) {
          sent.addAndGet(n);
          if (passed > after && cutsLeft.getAndUpdate(c -> Math.max(0, c - 1)) > 0) {
            // The server closes its end when it has seen this, and then the client hears of it.
            to.shutdownOutput();
            return;
          }
        }
      }
    } catch (IOException e) {
      // One of them is gone.
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
