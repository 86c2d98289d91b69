package org.buildchain.daemon.explorer;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a request. What makes no sense counts as absent. */
record Query(Map<String, String> parameters) {
  private static final int MOST_PARAMETERS = 16;
  private static final int LONGEST = 200;
  private static final int MOST_ITEMS = 200;
  private static final int ITEMS = 50;

  /** Reads what stands behind the question mark; may be {@code null}, as the JDK has it. */
  static Query of(String raw) {
    Map<String, String> parameters = new HashMap<>();
    for (String one : raw == null ? new String[0] : raw.split("&", MOST_PARAMETERS)) {
      int equals = one.indexOf('=');
      if (equals > 0 && one.length() <= LONGEST) {
        try {
          parameters.putIfAbsent(
              one.substring(0, equals),
              URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          // Not encoded as it should be.
        }
      }
    }
    return new Query(Map.copyOf(parameters));
  }

  String text(String name) {
    return parameters.getOrDefault(name, "").strip();
  }

  private int number(String name, int usual) {
    String text = text(name);
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : usual;
  }

  /** The part of a list that is asked for by {@code offset} and {@code limit}. */
  <T> List<T> page(List<T> all) {
    int from = Math.min(all.size(), number("offset", 0));
    int limit = Math.min(MOST_ITEMS, number("limit", ITEMS));
    return all.subList(from, Math.min(all.size(), from + limit));
  }
}
