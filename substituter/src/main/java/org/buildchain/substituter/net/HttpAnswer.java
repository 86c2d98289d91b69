package org.buildchain.substituter.net;

import java.io.InputStream;
import java.net.http.HttpHeaders;

/**
 * A web server's answer.
 *
 * @param body streams in as it is read; to be closed, whether or not it was read to its end
 */
public record HttpAnswer(int status, HttpHeaders headers, InputStream body) {
  /** A header's first value; empty if it has none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
