package org.buildchain.substituter.serve;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.buildchain.substituter.gateway.Reply;
import org.buildchain.substituter.http.ResponseBody;

/**
 * What is sent for a request.
 *
 * @param type the media type
 * @param tag names these very bytes, so that a client can ask for a part or whether they changed
 * @param seconds for which it may be kept
 * @param headers besides those that follow from the rest
 * @param said the body, if it is a message for a person; otherwise nothing
 */
record Answer(
    int status,
    String type,
    Optional<String> tag,
    long seconds,
    Body body,
    Map<String, String> headers,
    String said) {
  /** A year, the longest that HTTP knows. */
  static final long FOREVER = 365L * 24 * 3600;

  /** An answer without headers of its own. */
  Answer(int status, String type, Optional<String> tag, long seconds, Body body) {
    this(status, type, tag, seconds, body, Map.of(), "");
  }

  /** What a gateway answers. */
  static Answer of(Reply reply) {
    Body body =
        switch (reply.content()) {
          case Reply.Content.Held(byte[] bytes) -> held(bytes);
          case Reply.Content.Streamed(Reply.Writing writing) -> streamed(writing::run);
        };
    return new Answer(reply.status(), reply.type(), reply.tag(), 0, body, reply.headers(), "");
  }

  /** The same with another header. */
  Answer with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Answer(status, type, tag, seconds, body, Map.copyOf(more), said);
  }

  /** The same with another entity tag. */
  Answer tagged(String name) {
    return new Answer(status, type, Optional.of(name), seconds, body, headers, said);
  }

  /** Bytes, all or a part. */
  interface Body {
    /** Their number; negative if it is not known beforehand, and then they are written whole. */
    long length();

    /** Writes from {@code from} to before {@code to}, or to the end. */
    void write(long from, long to, ResponseBody out) throws IOException;
  }

  /** Writes everything. */
  @FunctionalInterface
  interface Writing {
    void run(OutputStream out) throws IOException;
  }

  /** Bytes whose number is not known beforehand. */
  static Body streamed(Writing writing) {
    return new Body() {
      @Override
      public long length() {
        return -1;
      }

      @Override
      public void write(long from, long to, ResponseBody out) throws IOException {
        writing.run(out);
      }
    };
  }

  /** Bytes in memory. */
  static Body held(byte[] bytes) {
    return new Body() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public void write(long from, long to, ResponseBody out) throws IOException {
        out.write(bytes, (int) from, (int) (to - from));
      }
    };
  }

  /** A text that is right now only. */
  static Answer text(String type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Answer(200, type, Optional.empty(), 0, held(bytes))
        .with("Cache-Control", "no-store");
  }

  /** A message for a person. */
  static Answer message(int status, String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    return new Answer(
        status, "text/plain; charset=utf-8", Optional.empty(), 0, held(bytes), Map.of(), text);
  }

  /** There is no such thing here. */
  static Answer missing(String what) {
    return message(404, what + " is not here");
  }
}
