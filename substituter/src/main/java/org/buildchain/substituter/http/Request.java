package org.buildchain.substituter.http;

import java.io.InputStream;
import java.util.Locale;

/** A request whose head has come. */
public final class Request {
  private final RequestHead head;
  private final RequestBody body;
  private final Peer peer;

  Request(RequestHead head, RequestBody body, Peer peer) {
    this.head = head;
    this.body = body;
    this.peer = peer;
  }

  /** Such as {@code GET}. */
  public String method() {
    return head.method();
  }

  /** The target's path, percent-encoding resolved; begins with a slash or is empty. */
  public String path() {
    return head.path();
  }

  /** The target's query as it came; empty if there is none. */
  public String query() {
    return head.query();
  }

  /** A header; empty if there is none, joined by commas if there are several. */
  public String header(String name) {
    return head.header(name.toLowerCase(Locale.ROOT));
  }

  /**
   * What is sent with it, each reading within the server's time. Fails where the client leaves
   * before the end.
   */
  public InputStream body() {
    return body;
  }

  /** Who sends it. */
  public Peer peer() {
    return peer;
  }
}
