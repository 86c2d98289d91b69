package org.buildchain.derivation.realise;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Replacements in strings: placeholders by paths. */
record Rewrites(SortedMap<String, String> map) {
  Rewrites {
    map = new TreeMap<>(map);
  }

  /** The text with every occurrence of every key replaced, key after key. */
  String apply(String text) {
    String result = text;
    for (Map.Entry<String, String> e : map.entrySet()) {
      if (result.contains(e.getKey())) {
        result = result.replace(e.getKey(), e.getValue());
      }
    }
    return result;
  }
}
