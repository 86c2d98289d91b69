package org.buildchain.language.regex;

import com.google.re2j.Pattern;
import java.util.BitSet;

/**
 * A regular expression for RE2, which takes linear time whatever the expression. It finds the same
 * matches but for two things: a repetition followed by something optional may reach further, and
 * groups inside repetitions of what may be empty can differ.
 */
final class Linear {
  /** RE2 takes no larger count. */
  private static final int MAX_COUNT = 1000;

  private final StringBuilder out = new StringBuilder();

  private Linear() {}

  /** The pattern, leftmost-longest. */
  static Pattern pattern(RegexNode tree) {
    Linear l = new Linear();
    l.write(tree);
    return Pattern.compile(l.out.toString(), Pattern.DOTALL | Pattern.LONGEST_MATCH);
  }

  private void write(RegexNode node) {
    switch (node) {
      case RegexNode.Empty e -> out.append("(?:)");
      case RegexNode.Bytes b -> bytes(b.set());
      case RegexNode.Anchor a -> out.append(a.end() ? "\\z" : "\\A");
      case RegexNode.Group g -> {
        out.append('(');
        write(g.body());
        out.append(')');
      }
      case RegexNode.Sequence s -> s.parts().forEach(this::write);
      case RegexNode.Choice c -> {
        String before = "(?:";
        for (RegexNode b : c.branches()) {
          out.append(before);
          write(b);
          before = "|";
        }
        out.append(')');
      }
      case RegexNode.Repeat r -> repeat(r);
    }
  }

  private void repeat(RegexNode.Repeat r) {
    int least = r.least();
    int most = r.most();
    while (least > MAX_COUNT || most > MAX_COUNT) {
      int part = Math.min(MAX_COUNT, least);
      count(r.body(), part, part == 0 ? MAX_COUNT : part);
      least -= part;
      most = most < 0 ? most : most - (part == 0 ? MAX_COUNT : part);
    }
    count(r.body(), least, most);
  }

  private void count(RegexNode body, int least, int most) {
    out.append("(?:");
    write(body);
    out.append("){").append(least).append(',').append(most < 0 ? "" : most).append('}');
  }

  private void bytes(BitSet set) {
    if (set.isEmpty()) {
      out.append("[^\\x{0}-\\x{10FFFF}]");
      return;
    }
    out.append('[');
    for (int from = set.nextSetBit(0); from >= 0; ) {
      int to = set.nextClearBit(from) - 1;
      out.append("\\x{").append(Integer.toHexString(from)).append("}-\\x{");
      out.append(Integer.toHexString(to)).append('}');
      from = set.nextSetBit(to + 1);
    }
    out.append(']');
  }
}
