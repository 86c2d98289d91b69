package org.buildchain.substituter.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A connection to a web server that is asked for one file after the other. What comes is read by
 * the thread that wants it, and straight to where that wants it. Interrupting the thread ends the
 * connection. For one thread at a time. Source: RFC 9112.
 */
final class HttpConnection implements AutoCloseable {
  /** Bytes of an answer's head, and of what stands between a body's chunks. */
  private static final int MAX_HEAD = 64 << 10;

  private static final int BUFFER = 8 << 10;

  /** More at once doesn't stay in the processor's cache. */
  private static final int MOST = 256 << 10;

  private static final int CHUNK_DIGITS = 15;

  private final SocketChannel channel;
  private final Consumer<HttpConnection> again;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  /** What may still come before the head is too long. */
  private int room;

  /** The server has closed the connection before it answered, as it may between two requests. */
  static final class UnansweredException extends IOException {
    private static final long serialVersionUID = 1;

    UnansweredException(IOException cause) {
      super("the server closed the connection", cause);
    }
  }

  /**
   * @param channel is blocking
   * @param again gets the connection when an answer has been read to its end and another question
   *     can be asked
   */
  HttpConnection(SocketChannel channel, Consumer<HttpConnection> again) {
    this.channel = channel;
    this.again = again;
  }

  /** Asks for a file. If that fails the connection is closed. */
  HttpAnswer get(URI uri, Map<String, String> headers) throws IOException {
    try {
      begin(request(uri, headers));
      room = MAX_HEAD;
      while (true) {
        HttpAnswer answer = answer();
        // The others tell that the answer will come.
        if (answer.status() >= 200) {
          return answer;
        }
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static byte[] request(URI uri, Map<String, String> headers) throws IOException {
    URI ascii = URI.create(uri.toASCIIString());
    StringBuilder request = new StringBuilder("GET ");
    request.append(ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath());
    if (ascii.getRawQuery() != null) {
      request.append('?').append(ascii.getRawQuery());
    }
    request.append(" HTTP/1.1\r\nHost: ").append(ascii.getHost());
    if (ascii.getPort() != -1 && ascii.getPort() != PlainHttp.PORT) {
      request.append(':').append(ascii.getPort());
    }
    request.append("\r\n");
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (header.getValue().chars().anyMatch(c -> c < ' ' || c > 255)) {
        throw new IOException("header '" + header.getKey() + "' has a value that can't be sent");
      }
      request.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends the question, and waits for the answer's first bytes. */
  private void begin(byte[] request) throws IOException {
    try {
      for (ByteBuffer bytes = ByteBuffer.wrap(request); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      if (!fill()) {
        throw new EOFException();
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw new UnansweredException(e);
    }
  }

  private HttpAnswer answer() throws IOException {
    String[] first = line().split(" ", 3);
    if (first.length < 2 || !first[0].matches("HTTP/1\\.[0-9]") || !first[1].matches("[1-5]..")) {
      throw new IOException("the server does not speak HTTP");
    }
    int status;
    try {
      status = Integer.parseInt(first[1]);
    } catch (NumberFormatException e) {
      throw new IOException("the server does not speak HTTP", e);
    }
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line; !(line = line()).isEmpty(); ) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("the answer has a header without a name");
      }
      fields
          .computeIfAbsent(line.substring(0, colon), n -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);
    boolean ends =
        first[0].equals("HTTP/1.0")
            || headers.allValues("Connection").stream().anyMatch(v -> v.equalsIgnoreCase("close"));
    return new HttpAnswer(status, headers, body(status, headers, !ends));
  }

  private Body body(int status, HttpHeaders headers, boolean lasts) throws IOException {
    List<String> codings = headers.allValues("Transfer-Encoding");
    List<String> lengths = headers.allValues("Content-Length").stream().distinct().toList();
    if (status < 200 || status == 204 || status == 304) {
      return new Body(0, false, lasts);
    }
    if (!codings.isEmpty()) {
      if (codings.size() != 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        throw new IOException("transfer coding '" + codings.getFirst() + "' is not supported");
      }
      // Both lengths may be there to have readers disagree on where the next answer begins.
      return new Body(0, true, lasts && lengths.isEmpty());
    }
    if (lengths.isEmpty()) {
      return new Body(Long.MAX_VALUE, false, false);
    }
    if (lengths.size() != 1 || !lengths.getFirst().matches("[0-9]{1,18}")) {
      throw new IOException("the answer has no length that can be understood");
    }
    return new Body(Long.parseLong(lengths.getFirst()), false, lasts);
  }

  /** A line of the head without its end. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (at == end && !fill()) {
        throw new EOFException("the answer ends early");
      }
      int stop = at;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      room -= stop - at + 1;
      if (room < 0) {
        throw new IOException("the answer's head is longer than " + MAX_HEAD + " bytes");
      }
      line.append(new String(buffer, at, stop - at, StandardCharsets.ISO_8859_1));
      at = Math.min(stop + 1, end);
      if (stop < end) {
        int length = line.length();
        line.setLength(length > 0 && line.charAt(length - 1) == '\r' ? length - 1 : length);
        return line.toString();
      }
    }
  }

  /** Reads to the buffer, which is empty; false at the end. */
  private boolean fill() throws IOException {
    int n = channel.read(ByteBuffer.wrap(buffer));
    at = 0;
    end = Math.max(n, 0);
    return n >= 0;
  }

  private int read(byte[] into, int offset, int length) throws IOException {
    if (at == end) {
      return channel.read(ByteBuffer.wrap(into, offset, Math.min(length, MOST)));
    }
    int n = Math.min(length, end - at);
    System.arraycopy(buffer, at, into, offset, n);
    at += n;
    return n;
  }

  /** Whether nothing has come that nobody asked for. */
  boolean isQuiet() {
    return at == end;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** What an answer holds. */
  private final class Body extends InputStream {
    private final boolean chunked;
    private final boolean lasts;

    /** Bytes of the body, or of its chunk. */
    private long left;

    private boolean first = true;
    private boolean over;
    private boolean closed;

    /**
     * @param length {@link Long#MAX_VALUE} if it ends with the connection
     * @param lasts whether the connection can be used after it
     */
    Body(long length, boolean chunked, boolean lasts) {
      this.left = length;
      this.chunked = chunked;
      this.lasts = lasts;
      this.over = length == 0 && !chunked;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (closed) {
        throw new IOException("closed");
      }
      if (left == 0 && chunked && !over) {
        nextChunk();
      }
      if (over || length == 0) {
        return over ? -1 : 0;
      }
      int n = HttpConnection.this.read(into, offset, (int) Math.min(length, left));
      if (n < 0) {
        if (left != Long.MAX_VALUE || chunked) {
          throw new EOFException("the answer ends early");
        }
        over = true;
        return -1;
      }
      left -= left == Long.MAX_VALUE ? 0 : n;
      over = left == 0 && !chunked;
      return n;
    }

    private void nextChunk() throws IOException {
      room = MAX_HEAD;
      if (!first && !line().isEmpty()) {
        throw new IOException("a chunk of the answer is longer than it says");
      }
      first = false;
      String size = line().split(";", 2)[0].strip();
      if (!size.matches("[0-9a-fA-F]{1," + CHUNK_DIGITS + "}")) {
        throw new IOException("a chunk of the answer has no length");
      }
      left = Long.parseLong(size, 16);
      if (left == 0) {
        // What may follow says nothing of the file.
        while (!line().isEmpty()) {
          continue;
        }
        over = true;
      }
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      if (!over && !chunked && left <= end - at) {
        // Short ones have come with the head.
        at += (int) left;
        over = true;
      }
      if (over && lasts) {
        again.accept(HttpConnection.this);
      } else {
        HttpConnection.this.close();
      }
    }
  }
}
