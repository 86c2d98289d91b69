package org.buildchain.substituter.http;

import java.net.URI;
import java.net.URISyntaxException;
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
   * Takes a head apart.
   *
   * @param text all its lines without the empty one at the end, one byte in each char
   */
  static RequestHead parse(String text) throws BadRequestException {
    String[] lines = text.split("\r\n", MAX_HEADERS + 3);
    Matcher m = LINE.matcher(lines[0]);
    if (!m.matches()) {
      throw bad("the request line is none");
    }
    if (!m.group(3).equals("1")) {
      throw new BadRequestException(505, "this server speaks HTTP/1.1");
    }
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
    URI target = target(m.group(2));
    RequestHead head =
        new RequestHead(
            m.group(1),
            target.getPath() == null ? "" : target.getPath(),
            target.getRawQuery() == null ? "" : target.getRawQuery(),
            m.group(4).equals("0"),
            headers);
    head.checkFraming();
    return head;
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
