package org.buildchain.substituter.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.substituter.net.Stalls;

/** Sends answers as RFC 9110 wants them: HEAD, ranges, entity tags. */
final class Exchange {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /** So much is taken of a request after its answer. */
  private static final int LINGER = 16 << 20;

  private static final int BUFFER = 16 << 10;

  private final HttpExchange http;
  private final Stalls stalls;

  Exchange(HttpExchange http, Stalls stalls) {
    this.http = http;
    this.stalls = stalls;
  }

  private record Range(long from, long to) {}

  /**
   * Sends an answer.
   *
   * @throws IOException if it could not be sent whole: the connection must be closed then, so that
   *     the client sees that something is missing
   */
  void send(Answer answer) throws IOException {
    Headers out = http.getResponseHeaders();
    out.set("Content-Type", answer.type());
    answer.tag().ifPresent(tag -> out.set("ETag", tag));
    if (answer.seconds() > 0) {
      out.set("Cache-Control", "public, max-age=" + answer.seconds());
    }
    // What is served is data: a browser must not take it for a page.
    out.set("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(out::set);
    long length = answer.body().length();
    if (answer.status() != 200) {
      body(answer, answer.status(), 0, length);
      return;
    }
    if (answer.tag().isPresent() && names(header("If-None-Match"), answer.tag().get())) {
      headers(304, -1);
      return;
    }
    if (length < 0) {
      body(answer, 200, 0, Long.MAX_VALUE);
      return;
    }
    out.set("Accept-Ranges", "bytes");
    Matcher wanted = RANGE.matcher(header("Range"));
    String condition = header("If-Range");
    if (!wanted.matches()
        || (!condition.isEmpty() && !answer.tag().equals(Optional.of(condition)))) {
      body(answer, 200, 0, length);
      return;
    }
    Optional<Range> range = range(number(wanted.group(1)), number(wanted.group(2)), length);
    if (range.isEmpty()) {
      out.set("Content-Range", "bytes */" + length);
      headers(416, -1);
      return;
    }
    Range r = range.get();
    out.set("Content-Range", "bytes " + r.from() + "-" + (r.to() - 1) + "/" + length);
    body(answer, 206, r.from(), r.to());
  }

  /** A header of the request; empty if there is none. */
  String header(String name) {
    String value = http.getRequestHeaders().getFirst(name);
    return value == null ? "" : value.strip();
  }

  private static boolean names(String header, String tag) {
    for (String one : header.split(",", 64)) {
      String name = one.strip();
      if (name.equals("*") || name.equals(tag) || name.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private static OptionalLong number(String digits) {
    return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
  }

  /** RFC 9110, section 14.1.2; empty if no byte is in it. */
  private static Optional<Range> range(OptionalLong first, OptionalLong last, long length) {
    long from = first.orElse(length - Math.min(length, last.orElse(0)));
    long to = first.isPresent() && last.isPresent() ? last.getAsLong() + 1 : length;
    to = Math.min(to, length);
    return from < to ? Optional.of(new Range(from, to)) : Optional.empty();
  }

  private void headers(int status, long length) throws IOException {
    stalls.during(
        () -> {
          http.sendResponseHeaders(status, length);
          return true;
        });
  }

  /**
   * Takes the rest of a request that was answered early: were the connection closed over it, the
   * client might be told so before it has read the answer. Source: RFC 9112, section 9.6.
   */
  private void linger() {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = stalls.watch(http.getRequestBody());
      for (int left = LINGER, n; left > 0 && (n = in.read(buffer)) > 0; ) {
        left -= n;
      }
    } catch (IOException e) {
      // It has gone, or stalls: it has been answered.
    }
  }

  private void body(Answer answer, int status, long from, long to) throws IOException {
    boolean known = to != Long.MAX_VALUE;
    if (http.getRequestMethod().equals("HEAD")) {
      if (known) {
        http.getResponseHeaders().set("Content-Length", Long.toString(to - from));
      }
      headers(status, -1);
      return;
    }
    if (from == to) {
      headers(status, -1);
      return;
    }
    // The JDK's server takes 0 for a length that is not known.
    headers(status, known ? to - from : 0);
    OutputStream out = stalls.watch(http.getResponseBody());
    answer.body().write(from, to, out);
    out.flush();
    linger();
    // Only what is whole is ended: a chunked answer that breaks off must not look complete.
    out.close();
  }
}
