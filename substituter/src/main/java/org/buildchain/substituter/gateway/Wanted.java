package org.buildchain.substituter.gateway;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a request asks for, by its parameters and by the header {@code Accept}; a parameter counts
 * more. Source: "Trustless Gateway Specification"; IPIP-412, IPIP-523.
 */
final class Wanted {
  static final String RAW = "application/vnd.ipld.raw";
  static final String CAR = "application/vnd.ipld.car";

  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, String> ofCar = new HashMap<>();
  private String accepted = "";

  /**
   * @param query of the URL; may be empty
   * @param accept may be empty
   */
  Wanted(String query, String accept) {
    for (String one : query.split("&", 64)) {
      int equals = one.indexOf('=');
      if (equals > 0) {
        parameters.putIfAbsent(one.substring(0, equals), decoded(one.substring(equals + 1)));
      }
    }
    double best = 0;
    for (String one : accept.split(",", 64)) {
      String[] parts = one.strip().split(";", 16);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      Map<String, String> values = new HashMap<>();
      for (int i = 1; i < parts.length; i++) {
        int equals = parts[i].indexOf('=');
        if (equals > 0) {
          values.putIfAbsent(
              parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
              parts[i].substring(equals + 1).strip());
        }
      }
      double weight = weight(values.getOrDefault("q", "1"));
      if (type.equals(CAR) && weight > 0) {
        values.forEach(ofCar::putIfAbsent);
      }
      if ((type.equals(RAW) || type.equals(CAR)) && weight > best) {
        best = weight;
        accepted = type;
      }
    }
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return value;
    }
  }

  private static double weight(String q) {
    return q.matches("[01](\\.[0-9]{0,3})?") ? Double.parseDouble(q) : 1;
  }

  /** The media type: {@link #RAW}, {@link #CAR}, or empty for any other. */
  String type() {
    return switch (parameters.getOrDefault("format", "")) {
      case "raw" -> RAW;
      case "car" -> CAR;
      case "" -> accepted;
      default -> "";
    };
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** A parameter of CAR files: {@code car-{name}}, or {@code name} in the media type. */
  String ofCar(String name, String otherwise) {
    return parameters.getOrDefault("car-" + name, ofCar.getOrDefault(name, otherwise));
  }
}
