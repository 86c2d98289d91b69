package org.buildchain.substituter.serve;

import java.util.List;
import java.util.Map;

/**
 * Figures for Prometheus: its text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Names and labels are this
 * program's own, as the format wants them; values of labels may be anything.
 */
final class MetricsText {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();

  /** Figures that only grow. */
  Family counter(String name, String help) {
    return family(name, "counter", help);
  }

  /** Figures that go up and down. */
  Family gauge(String name, String help) {
    return family(name, "gauge", help);
  }

  /** How many took how long. */
  Family histogram(String name, String help) {
    return family(name, "histogram", help);
  }

  private Family family(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return new Family(name);
  }

  /** All of it. */
  @Override
  public String toString() {
    return text.toString();
  }

  /** Figures of one name; their lines stand together. */
  final class Family {
    private final String name;

    private Family(String name) {
      this.name = name;
    }

    /** The only one of its name. */
    Family add(double value) {
      return add("", List.of(), value);
    }

    /** One with labels. */
    Family add(List<Map.Entry<String, String>> labels, double value) {
      return add("", labels, value);
    }

    /**
     * One whose name has more at its end.
     *
     * @param labels names and values, at most one of each name
     */
    Family add(String suffix, List<Map.Entry<String, String>> labels, double value) {
      text.append(name).append(suffix);
      String separator = "{";
      for (Map.Entry<String, String> label : labels) {
        text.append(separator).append(label.getKey()).append("=\"");
        text.append(
            label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
        text.append('"');
        separator = ",";
      }
      text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
      return this;
    }
  }

  /** A number as the format has it; whole ones without a fraction. */
  static String number(double value) {
    if (value == Double.POSITIVE_INFINITY) {
      return "+Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
