package org.buildchain.substituter.serve;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.substituter.http.Request;
import org.buildchain.substituter.http.Response;
import org.buildchain.substituter.http.ResponseBody;

/** Sends answers as RFC 9110 wants them: HEAD, ranges, entity tags. */
final class Exchange {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  private final Request request;
  private final Response response;
  private String said = "";

  Exchange(Request request, Response response) {
    this.request = request;
    this.response = response;
  }

  /** What the answer was, if it was a message for a person; otherwise nothing. */
  String said() {
    return said;
  }

  private record Range(long from, long to) {}

  /**
   * Sends an answer.
   *
   * @throws IOException if it could not be sent whole: the connection must be closed then, so that
   *     the client sees that something is missing
   */
  void send(Answer answer) throws IOException {
    said = answer.said();
    response.header("Content-Type", answer.type());
    answer.tag().ifPresent(tag -> response.header("ETag", tag));
    if (answer.seconds() > 0) {
      response.header("Cache-Control", "public, max-age=" + answer.seconds());
    }
    // What is served is data: a browser must not take it for a page.
    response.header("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::header);
    long length = answer.body().length();
    if (answer.status() != 200) {
      body(answer, answer.status(), 0, length);
      return;
    }
    if (answer.tag().isPresent() && names(header("If-None-Match"), answer.tag().get())) {
      response.begin(304, 0).close();
      return;
    }
    if (length < 0) {
      body(answer, 200, 0, Long.MAX_VALUE);
      return;
    }
    response.header("Accept-Ranges", "bytes");
    Matcher wanted = RANGE.matcher(header("Range"));
    String condition = header("If-Range");
    if (!wanted.matches()
        || (!condition.isEmpty() && !answer.tag().equals(Optional.of(condition)))) {
      body(answer, 200, 0, length);
      return;
    }
    Optional<Range> range = range(number(wanted.group(1)), number(wanted.group(2)), length);
    if (range.isEmpty()) {
      response.header("Content-Range", "bytes */" + length);
      response.begin(416, 0).close();
      return;
    }
    Range r = range.get();
    response.header("Content-Range", "bytes " + r.from() + "-" + (r.to() - 1) + "/" + length);
    body(answer, 206, r.from(), r.to());
  }

  private String header(String name) {
    return request.header(name);
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

  private void body(Answer answer, int status, long from, long to) throws IOException {
    boolean known = to != Long.MAX_VALUE;
    // Only what is whole is closed: an answer that breaks off must not look complete.
    ResponseBody out = response.begin(status, known ? to - from : -1);
    if (from < to && !request.method().equals("HEAD")) {
      answer.body().write(from, to, out);
    }
    out.close();
  }
}
