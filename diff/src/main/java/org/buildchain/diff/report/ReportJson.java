package org.buildchain.diff.report;

import org.buildchain.store.format.Octets;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report as JSON; docs/formats.md, "Differences", describes it. */
public final class ReportJson {
  /** The form's number; a change that old readers would misread raises it. */
  public static final int VERSION = 1;

  private ReportJson() {}

  /** The report as one object. {@code left} and {@code right} name the outputs (octet strings). */
  public static ObjectNode of(Report report, String left, String right) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("version", VERSION);
    json.put("left", Octets.toText(left));
    json.put("right", Octets.toText(right));
    json.put("verdict", report.verdict());
    ObjectNode classes = json.putObject("classes");
    for (DifferenceClass cause : DifferenceClass.values()) {
      Long n = report.classes().get(cause);
      if (n != null) {
        classes.put(cause.label(), n);
      }
    }
    ArrayNode differences = json.putArray("differences");
    for (Difference d : report.differences()) {
      ObjectNode node = differences.addObject();
      node.put("path", Octets.toText(d.path()));
      ArrayNode place = node.putArray("place");
      d.place().forEach(p -> place.add(Octets.toText(p)));
      node.put("class", d.cause().label());
      node.put("effect", d.effect().label());
      node.put("count", d.count());
      if (!d.detail().isEmpty()) {
        node.put("detail", Octets.toText(d.detail()));
      }
      if (!d.left().isEmpty() || !d.right().isEmpty()) {
        node.put("leftExcerpt", d.left());
        node.put("rightExcerpt", d.right());
      }
    }
    json.put("omitted", report.omitted());
    return json;
  }
}
