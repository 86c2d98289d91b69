package org.buildchain.substituter.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.buildchain.substituter.net.Stalls;

/** Answers the requests of a client, one after the other. */
final class Connection {
  private final Wire wire;
  private final Stalls stalls;
  private final Peer peer;
  private final Input input;
  private final RequestHeads heads = new RequestHeads();
  private final HttpDate date = new HttpDate();
  private final HttpServer.Handler handler;
  private final BooleanSupplier crowded;

  /**
   * @param crowded whether there are so many connections that none is kept for a next request
   */
  Connection(Wire wire, Stalls stalls, HttpServer.Handler handler, BooleanSupplier crowded)
      throws IOException {
    this.wire = wire;
    this.peer = wire.peer();
    this.stalls = stalls;
    this.input = new Input(wire, stalls);
    this.handler = handler;
    this.crowded = crowded;
  }

  /** Answers until one of both ends the connection. */
  void serve() throws IOException {
    try {
      while (serveNext()) {
        input.shrink();
      }
    } catch (BadRequestException e) {
      refuse(e);
    }
  }

  private boolean serveNext() throws IOException {
    Optional<String> text = input.head();
    if (text.isEmpty()) {
      return false;
    }
    RequestHead head = heads.parse(text.get());
    RequestBody body = new RequestBody(head, input, wire);
    Response response = new Response(head, body, crowded.getAsBoolean(), date, wire);
    try {
      handler.handle(new Request(head, body, peer), response);
      if (!response.isWhole()) {
        throw new IOException("an answer broke off");
      }
      if (response.isLast()) {
        wire.endOutput();
      }
      return drain(body) && !response.isLast();
    } catch (BadRequestException e) {
      if (response.isWhole()) {
        // What it sends after its answer is nothing that a next request could follow.
        return false;
      }
      throw response.hasBegun() ? new IOException(e) : e;
    } finally {
      if (response.looksWhole()) {
        wire.abort();
      }
    }
  }

  /**
   * Takes the rest of a request that was answered early, if it comes within the time: were the
   * connection closed over it, the client might be told so before it has read the answer. Source:
   * RFC 9112, section 9.6. Returns whether it has ended.
   */
  private boolean drain(RequestBody body) throws IOException {
    try (Stalls.Limit _ = stalls.limit()) {
      return body.drain(Response.LINGER);
    }
  }

  private void refuse(BadRequestException problem) throws IOException {
    byte[] message = (problem.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
    RequestHead head = new RequestHead("GET", "", "", false, Map.of("connection", "close"));
    RequestBody nothing = new RequestBody(head, input, wire);
    Response response = new Response(head, nothing, true, date, wire);
    response.header("Content-Type", "text/plain; charset=utf-8");
    try (ResponseBody out = response.begin(problem.status(), message.length)) {
      out.write(message);
    }
    wire.endOutput();
    // Whatever it takes itself to be sending.
    byte[] buffer = new byte[16 << 10];
    try (Stalls.Limit _ = stalls.limit()) {
      for (int left = Response.LINGER, n;
          left > 0 && (n = input.read(buffer, 0, buffer.length)) > 0; ) {
        left -= n;
      }
    }
  }
}
