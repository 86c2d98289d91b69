package org.buildchain.substituter.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request's line and headers. What different readers might take differently (bare line ends,
 * folded lines, spaces before a colon, two lengths) is refused: one of them may stand between the
 * client and this server. Source: RFC 9112, sections 2 to 6.
 *
 * @param path of the target, percent-encoding resolved; begins with a slash or is empty
 * @param query of the target as it came; empty if there is none
 * @param old whether it is one of HTTP/1.0
 * @param headers by lower-case names; several of a name are joined by commas
 */
record RequestHead(
    String method, String path, String query, boolean old, Map<String, String> headers) {
  private static final int MAX_HEADERS = 100;
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+");
  private static final Pattern LINE =
      Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e\\x80-\\xff]+) HTTP/(\\d)\\.(\\d)");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  /**
   * A request's line.
   *
   * @param target as it came
   */
  record Line(String method, String target, boolean old) {}

  /**
   * Takes a head apart.
   *
   * @param text all its lines without the empty one at the end, one byte in each char
   */
  static RequestHead parse(String text) throws BadRequestException {
    return new RequestHeads().parse(text);
  }

  /** Reads the first line. */
  static Line line(String text) throws BadRequestException {
    Matcher m = LINE.matcher(text);
    if (!m.matches()) {
      throw bad("the request line is none");
    }
    if (!m.group(3).equals("1")) {
      throw new BadRequestException(505, "this server speaks HTTP/1.1");
    }
    return new Line(m.group(1), m.group(2), m.group(4).equals("0"));
  }

  /**
   * Reads the lines after the first.
   *
   * @param text empty, or each line with a line's end before it
   */
  static Map<String, String> headers(String text) throws BadRequestException {
    String[] lines = text.split("\r\n", MAX_HEADERS + 3);
    if (lines.length > MAX_HEADERS + 1) {
      throw new BadRequestException(431, "there are more than " + MAX_HEADERS + " headers");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      String name = colon < 0 ? "" : lines[i].substring(0, colon);
      String value = lines[i].substring(colon + 1);
      if (!TOKEN.matcher(name).matches() || !VALUE.matcher(value).matches()) {
        throw bad("header " + i + " is none");
      }
      headers.merge(
          name.toLowerCase(Locale.ROOT), value.strip(), (first, next) -> first + ", " + next);
    }
    return Collections.unmodifiableMap(headers);
  }

  /** What they say together. */
  static RequestHead of(Line line, Map<String, String> headers) throws BadRequestException {
    String path = line.target();
    String query = "";
    if (!isPlain(path)) {
      URI target = target(path);
      path = target.getPath() == null ? "" : target.getPath();
      query = target.getRawQuery() == null ? "" : target.getRawQuery();
    }
    RequestHead head = new RequestHead(line.method(), path, query, line.old(), headers);
    head.checkFraming();
    return head;
  }

  /** Whether it is a path in which nothing stands for anything else, RFC 3986, section 2.3. */
  private static boolean isPlain(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      boolean unreserved =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '.'
              || c == '_'
              || c == '~';
      if (!unreserved && c != '/') {
        return false;
      }
    }
    return target.startsWith("/");
  }

  private static BadRequestException bad(String message) {
    return new BadRequestException(400, message);
  }

  private static URI target(String text) throws BadRequestException {
    try {
      // So that two slashes at its beginning do not make the first name a host's.
      return new URI(text.startsWith("/") ? "http://host" + text : text);
    } catch (URISyntaxException e) {
      throw bad("the target is none");
    }
  }

  private void checkFraming() throws BadRequestException {
    String coding = header("transfer-encoding");
    String length = header("content-length");
    if (!coding.isEmpty() && (old || headers.containsKey("content-length"))) {
      throw bad("the body's length is said twice");
    }
    if (!coding.isEmpty() && !isChunked()) {
      throw new BadRequestException(501, "no transfer coding but chunked is taken");
    }
    if (headers.containsKey("content-length") && !LENGTH.matcher(length).matches()) {
      throw bad("the body's length is none");
    }
  }

  /** A header's value; empty if there is none. */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** Whether the body comes in chunks. */
  boolean isChunked() {
    return header("transfer-encoding").equalsIgnoreCase("chunked");
  }

  /** The body's length; 0 if it comes in chunks. */
  long length() {
    String length = header("content-length");
    return length.isEmpty() ? 0 : Long.parseLong(length);
  }

  /** Whether the client waits for leave to send the body. */
  boolean expectsContinue() {
    return !old && header("expect").equalsIgnoreCase("100-continue");
  }

  /** Whether another request may follow on the connection. */
  boolean keepsAlive() {
    if (old) {
      return false;
    }
    for (String option : header("connection").split(",", -1)) {
      if (option.strip().equalsIgnoreCase("close")) {
        return false;
      }
    }
    return true;
  }
}
