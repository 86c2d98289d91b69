package org.buildchain.substituter.fetch;

import java.net.URI;
import java.util.Map;

/** What tells a server who asks. */
@FunctionalInterface
interface Login {
  /** The headers for a GET of {@code uri}. They must not be logged, nor reach another host. */
  Map<String, String> headers(URI uri);
}
