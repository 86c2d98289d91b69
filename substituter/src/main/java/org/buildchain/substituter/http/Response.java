package org.buildchain.substituter.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The answer to a request: headers first, then {@link #begin} and what is written to its body. */
public final class Response {
  /** A request's body of so many bytes is taken after the answer, so that another may follow. */
  static final int LINGER = 16 << 20;

  private final RequestHead head;
  private final RequestBody taken;
  private final HttpDate date;
  private final Wire wire;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private Optional<ResponseBody> body = Optional.empty();
  private final long sentBefore;
  private int status;
  private boolean closing;

  Response(RequestHead head, RequestBody taken, boolean last, HttpDate date, Wire wire) {
    this.date = date;
    this.head = head;
    this.taken = taken;
    this.closing = last || !head.keepsAlive();
    this.wire = wire;
    this.sentBefore = wire.sent();
  }

  /**
   * Sets a header.
   *
   * @throws IllegalArgumentException if the value would end its line
   */
  public void header(String name, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a header has one line");
    }
    headers.put(name, value);
  }

  /** The status that it was begun with; 0 if it was not. */
  public int status() {
    return status;
  }

  /** How many bytes of it were sent so far, its head's among them. */
  public long sent() {
    return wire.sent() - sentBefore;
  }

  /** Whether {@link #begin} was called: then it is too late for another answer. */
  public boolean hasBegun() {
    return body.isPresent();
  }

  /**
   * Begins the answer. Its body must be written whole and closed; else the connection ends, so that
   * the client sees that something is missing.
   *
   * @param length of the body; negative if it is not known. To HEAD nothing of it is sent, and with
   *     304 there is none
   */
  public ResponseBody begin(int status, long length) throws IOException {
    boolean none = head.method().equals("HEAD") || status == 304;
    // It would have to be read to its end.
    closing |= !taken.endsWithin(LINGER);
    ResponseBody.Framing framing;
    if (none) {
      framing = ResponseBody.Framing.NONE;
    } else if (length >= 0) {
      framing = ResponseBody.Framing.LENGTH;
    } else if (head.old()) {
      framing = ResponseBody.Framing.CLOSE;
    } else {
      framing = ResponseBody.Framing.CHUNKED;
      header("Transfer-Encoding", "chunked");
    }
    if (length >= 0 && status != 304) {
      header("Content-Length", Long.toString(length));
    }
    if (closing) {
      header("Connection", "close");
    }
    header("Date", date.now());
    ResponseBody begun = new ResponseBody(wire, text(status), framing, length);
    body = Optional.of(begun);
    this.status = status;
    return begun;
  }

  private byte[] text(int status) {
    StringBuilder text = new StringBuilder(256);
    text.append("HTTP/1.1 ")
        .append(status)
        .append(' ')
        .append(Status.reason(status))
        .append("\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether not all of it was sent, but would seem so if the connection ended as usual. */
  boolean looksWhole() {
    return body.isPresent() && !body.get().isWhole() && body.get().endsWithConnection();
  }

  /** Whether all of it was sent. */
  boolean isWhole() {
    return body.isPresent() && body.get().isWhole();
  }

  /** Whether the connection ends with it. */
  boolean isLast() {
    return closing;
  }
}
