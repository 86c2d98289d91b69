package org.buildchain.substituter.http;

import java.io.IOException;

/** What came is not a request of HTTP/1.1, or not one that is taken. */
final class BadRequestException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  BadRequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** With which it is answered. */
  int status() {
    return status;
  }
}
