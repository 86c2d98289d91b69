package org.buildchain.substituter.http;

import java.util.Map;

/**
 * Takes a connection's heads apart. Most of a client's requests have the same headers: those of the
 * last are not read again. For one thread at a time.
 */
final class RequestHeads {
  /** An idle connection holds no more. */
  private static final int MAX_KEPT = 512;

  private String lines = "";
  private Map<String, String> headers = Map.of();

  /** As {@link RequestHead#parse}. */
  RequestHead parse(String text) throws BadRequestException {
    int end = text.indexOf("\r\n");
    RequestHead.Line line = RequestHead.line(end < 0 ? text : text.substring(0, end));
    String rest = end < 0 ? "" : text.substring(end);
    Map<String, String> read = rest.equals(lines) ? headers : RequestHead.headers(rest);
    if (rest.length() <= MAX_KEPT) {
      lines = rest;
      headers = read;
    }
    return RequestHead.of(line, read);
  }
}
