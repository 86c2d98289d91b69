package org.buildchain.diff.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.buildchain.diff.layout.Budget;
import org.buildchain.diff.layout.Bytes;
import org.buildchain.diff.layout.Layout;
import org.buildchain.diff.layout.Layout.Entry;
import org.buildchain.diff.layout.Piece;
import org.buildchain.diff.report.DifferenceClass;
import org.buildchain.diff.report.Effect;
import org.buildchain.diff.report.ReportBuilder;
import org.buildchain.diff.text.CodeNames;
import org.buildchain.diff.text.TextLines;
import org.buildchain.store.format.FormatException;

/** Two files that differ, in their format, and what is within them in its own. */
final class FileDiff {
  /** Archives within archives. */
  private static final int MAX_DEPTH = 8;

  private final ReportBuilder report;
  private final OwnHashes own;
  private final String path;
  private final boolean executable;
  private final Budget budget;
  private int depth;

  /**
   * @param executable whether one of them may be executed
   * @param budget what both may unpack to
   */
  FileDiff(ReportBuilder report, OwnHashes own, String path, boolean executable, Budget budget) {
    this.report = report;
    this.own = own;
    this.path = path;
    this.executable = executable;
    this.budget = budget;
  }

  /** Reports how two different files differ. */
  void compare(Bytes left, Bytes right) {
    file(List.of(), path, left, right);
  }

  /** Two different files; reports one difference at least. */
  private void file(List<String> place, String name, Bytes left, Bytes right) {
    Bytes other = ownHashes(place, left, right);
    if (other.same(left)) {
      return;
    }
    long before = report.count();
    depth++;
    differing(place, name, left, other);
    depth--;
    if (report.count() == before) {
      unknown(place, "they differ where nothing was compared", left, other);
    }
  }

  private void differing(List<String> place, String name, Bytes left, Bytes other) {
    Optional<Format> format =
        Format.of(name, left).filter(f -> Format.of(name, other).equals(Optional.of(f)));
    boolean runs = executable && place.isEmpty() && !format.equals(Optional.of(Format.ELF));
    boolean code = runs || CodeNames.isCode(name, left) || CodeNames.isCode(name, other);
    // A script may look like an archive to those who read only some of it.
    boolean interpreted = code && !format.equals(Optional.of(Format.ELF));
    if (format.isPresent() && depth <= MAX_DEPTH && !interpreted) {
      structured(place, name, format.get(), left, other);
    } else if (TextLines.isText(left) && TextLines.isText(other)) {
      new TextDiff(
              (cause, effect, detail, l, r) -> report.add(path, place, cause, effect, detail, l, r),
              code)
          .compare(left, other);
    } else {
      bytes(place, left, other);
    }
  }

  /** Of no known format; strings in it may say why, but not what else reads them. */
  private void bytes(List<String> place, Bytes left, Bytes right) {
    DifferenceClass cause =
        Magic.isProgram(left) && Magic.isProgram(right)
            ? DifferenceClass.CODE
            : DifferenceClass.UNKNOWN;
    String from = "the content differs (from byte " + left.mismatch(right) + ")";
    new StringsDiff(
            (found, effect, l, r) ->
                report.add(path, place, found, effect, found == cause ? from : "", l, r),
            cause,
            Effect.CODE,
            Magic.isData(left) && Magic.isData(right) ? Effect.DATA : Effect.CODE)
        .compare(left, right);
  }

  /** The right file as it would be at the left one's path; reports where that changes something. */
  private Bytes ownHashes(List<String> place, Bytes left, Bytes right) {
    if (budget.left() < right.length()) {
      return right;
    }
    Optional<Bytes> masked = own.masked(left, right);
    if (masked.isPresent()) {
      budget.take(right.length());
      report.add(
          path,
          place,
          DifferenceClass.STORE_PATH,
          Effect.NONE,
          "each has the hash of its own path",
          own.left().orElse(""),
          own.right().orElse(""));
    }
    return masked.orElse(right);
  }

  private void structured(List<String> place, String name, Format format, Bytes left, Bytes right) {
    Layout l;
    Layout r;
    try {
      l = format.read(left, budget);
      r = format.read(right, budget);
    } catch (FormatException e) {
      unknown(place, String.valueOf(e.getMessage()), left, right);
      return;
    }
    Map<String, Entry> others = new HashMap<>();
    r.entries().forEach(e -> others.put(e.name(), e));
    List<String> shared = new ArrayList<>();
    for (Entry e : l.entries()) {
      Entry other = others.get(e.name());
      if (other == null) {
        missing(place, e, "only on the left");
      } else {
        shared.add(e.name());
      }
    }
    Set<String> both = new HashSet<>(shared);
    List<String> order = new ArrayList<>();
    for (Entry e : r.entries()) {
      if (both.contains(e.name())) {
        order.add(e.name());
      } else {
        missing(place, e, "only on the right");
      }
    }
    if (!shared.equals(order)) {
      report.add(path, place, DifferenceClass.ENTRY_ORDER, l.order().or(r.order()), "", "", "");
    }
    for (Entry e : l.entries()) {
      if (both.contains(e.name())) {
        entry(inside(place, e.name()), inner(name, format, e), e, others.get(e.name()));
      }
    }
  }

  /** The name that says what kind of text it may be. */
  private static String inner(String name, Format format, Entry e) {
    return !format.ending().isEmpty() && name.endsWith(format.ending())
        ? name.substring(0, name.length() - format.ending().length())
        : e.name();
  }

  private void missing(List<String> place, Entry e, String detail) {
    report.add(path, inside(place, e.name()), DifferenceClass.MISSING, Effect.CODE, detail, "", "");
  }

  private void entry(List<String> place, String name, Entry left, Entry right) {
    List<String> labels = left.pieces().stream().map(Piece::label).toList();
    if (labels.equals(right.pieces().stream().map(Piece::label).toList())) {
      for (int i = 0; i < labels.size(); i++) {
        piece(inside(place, labels.get(i)), name, left.pieces().get(i), right.pieces().get(i));
      }
      return;
    }
    shape(place, left, right);
    Map<String, Piece> others = new HashMap<>();
    right.pieces().forEach(p -> others.put(p.label(), p));
    for (Piece l : left.pieces()) {
      Piece r = others.get(l.label());
      if (r != null) {
        piece(inside(place, l.label()), name, l, r);
      }
    }
  }

  /** Fields that one side alone has. */
  private void shape(List<String> place, Entry left, Entry right) {
    long before = report.count();
    Set<String> l = new HashSet<>();
    left.pieces().forEach(p -> l.add(p.label()));
    Set<String> r = new HashSet<>();
    right.pieces().forEach(p -> r.add(p.label()));
    for (Piece p : left.pieces()) {
      if (!r.contains(p.label())) {
        field(place, p, "only on the left");
      }
    }
    for (Piece p : right.pieces()) {
      if (!l.contains(p.label())) {
        field(place, p, "only on the right");
      }
    }
    if (report.count() == before
        || l.size() != left.pieces().size()
        || r.size() != right.pieces().size()) {
      report.add(path, place, DifferenceClass.UNKNOWN, Effect.CODE, "its parts differ", "", "");
    }
  }

  private void field(List<String> place, Piece p, String detail) {
    report.add(
        path,
        inside(place, p.label()),
        p.cause(),
        p.effect(),
        detail,
        detail.endsWith("left") ? p.content().start() : "",
        detail.endsWith("left") ? "" : p.content().start());
  }

  private void piece(List<String> place, String name, Piece left, Piece right) {
    Bytes l = left.content();
    Bytes r = right.content();
    if (l.same(r)) {
      if (!packed(left).same(packed(right))
          || left.packed().isPresent() != right.packed().isPresent()) {
        report.add(
            path,
            place,
            DifferenceClass.COMPRESSION,
            Effect.NONE,
            "the same content, packed in another way",
            "",
            "");
      }
      return;
    }
    Effect effect = left.effect().or(right.effect());
    switch (left.reading()) {
      case FILE -> file(place, name, l, r);
      case STRINGS -> {
        Effect explained = left.explained().or(right.explained());
        new StringsDiff(
                (cause, reach, a, b) -> report.add(path, place, cause, reach, "", a, b),
                left.cause(),
                effect,
                explained)
            .compare(l, r);
      }
      case BYTES -> {
        int at = Math.max(0, l.mismatch(r) - 8);
        report.add(
            path,
            place,
            left.cause(),
            effect,
            "",
            l.from(Math.min(at, l.length())).start(),
            r.from(Math.min(at, r.length())).start());
      }
    }
  }

  private static Bytes packed(Piece p) {
    return p.packed().orElse(p.content());
  }

  private void unknown(List<String> place, String detail, Bytes left, Bytes right) {
    int at = Math.max(0, left.mismatch(right));
    report.add(
        path,
        place,
        DifferenceClass.UNKNOWN,
        Effect.CODE,
        detail + " (from byte " + at + ")",
        left.from(Math.min(at, left.length())).start(),
        right.from(Math.min(at, right.length())).start());
  }

  private static List<String> inside(List<String> place, String name) {
    if (name.isEmpty()) {
      return place;
    }
    List<String> deeper = new ArrayList<>(place);
    deeper.add(name);
    return deeper;
  }
}
