package org.buildchain.substituter.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.buildchain.substituter.net.Stalls;

/**
 * What a client of HTTP sends, in the package of what reads it: every request gets one answer, and
 * no body is longer than what came.
 */
public final class HttpTarget {
  private static final Stalls STALLS = new Stalls(Duration.ofDays(1));

  private HttpTarget() {}

  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    Client client = new Client(data);
    int[] requests = {0};
    try {
      new Connection(client, STALLS, (q, a) -> answer(q, a, data.length, requests), () -> false)
          .serve();
    } catch (EOFException e) {
      // The client has gone in the middle of a body.
    }
    String sent = client.out.toString(StandardCharsets.ISO_8859_1);
    int answers = sent.split("HTTP/1.1 [2-5]\\d\\d ", -1).length - 1;
    if (answers > requests[0] + 1 || (!sent.isEmpty() && !sent.startsWith("HTTP/1.1 "))) {
      throw new AssertionError(requests[0] + " requests: " + sent);
    }
  }

  private static void answer(Request request, Response response, int most, int[] requests)
      throws IOException {
    requests[0]++;
    if (!request.path().isEmpty() && request.path().length() % 2 == 0) {
      long n = request.body().transferTo(ByteArrayOutputStream.nullOutputStream());
      if (n > most) {
        throw new AssertionError(n + " bytes out of " + most);
      }
    }
    response.begin(requests[0] % 3 == 0 ? 304 : 200, 0).close();
  }

  private static final class Client implements Wire {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayInputStream in;

    Client(byte[] data) {
      this.in = new ByteArrayInputStream(data);
    }

    /** As the network does, not all at once. */
    @Override
    public int read(byte[] into, int at, int length) {
      return in.read(into, at, Math.min(length, 7));
    }

    @Override
    public void write(byte[] data, int at, int length) {
      out.write(data, at, length);
    }

    @Override
    public void send(FileChannel file, long position, long count) {
      throw new AssertionError("no file is sent here");
    }

    @Override
    public void endOutput() {}

    @Override
    public void abort() {}

    @Override
    public Peer peer() {
      return new Peer(InetAddress.getLoopbackAddress(), Optional.empty());
    }

    @Override
    public long sent() {
      return out.size();
    }

    @Override
    public void close() {}
  }
}
