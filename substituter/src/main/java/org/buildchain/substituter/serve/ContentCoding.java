package org.buildchain.substituter.serve;

import java.util.Locale;
import java.util.Optional;

/** How a plain NAR is sent to a client that takes codings. Source: RFC 9110, section 12.5.3. */
final class ContentCoding {
  private ContentCoding() {}

  /**
   * The compression that a client likes best; none if it names none that there is, or likes plain
   * bytes better.
   *
   * @param accepted the header {@code Accept-Encoding}; may be empty
   * @param own what is chosen among those that it likes equally
   */
  static Compression choose(String accepted, Compression own) {
    Compression best = Compression.NONE;
    double weight = 0;
    for (String one : accepted.split(",", 32)) {
      String[] parts = one.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*", 4);
      double q = parts.length > 1 ? weight(parts[1]) : 1;
      Optional<Compression> named =
          parts[0].equals("identity")
              ? Optional.of(Compression.NONE)
              : Compression.parse(parts[0]).filter(c -> c != Compression.NONE);
      if (named.isPresent() && (q > weight || (q == weight && q > 0 && named.get() == own))) {
        best = named.get();
        weight = q;
      }
    }
    return best;
  }

  private static double weight(String parameter) {
    return parameter.matches("q=[01](\\.[0-9]{0,3})?")
        ? Double.parseDouble(parameter.substring(2))
        : 0;
  }
}
