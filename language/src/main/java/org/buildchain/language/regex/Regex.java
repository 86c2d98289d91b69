package org.buildchain.language.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.language.eval.EvalThread;

/**
 * A POSIX extended regular expression that finds what {@code std::regex::extended} of libstdc++
 * finds, groups included, which Nix has shown to its users: {@link Search} says how that differs
 * from POSIX. Where that takes too many steps, linear time is more important than the same groups,
 * see {@link Linear}. Texts are octet strings. Immutable.
 */
public final class Regex {
  /** An expression with more states is refused, as by libstdc++. */
  public static final int MAX_STATES = 100_000;

  private static final int MAX_TEXT = 1 << 20;

  /** A match: its begin and end, and those of each group, -1 where it took no part. */
  public record Match(int start, int end, int[] groups) {}

  private final RegexNode tree;
  private final int groups;
  private final Program program;

  private Regex(RegexNode tree, int groups) {
    this.tree = tree;
    this.groups = groups;
    this.program = new Program(tree);
  }

  /**
   * Reads an expression.
   *
   * @throws RegexSyntaxException if it isn't valid, or has too many states
   */
  public static Regex of(String text) throws RegexSyntaxException {
    RegexParser.Parsed p = RegexParser.parse(text);
    if (p.tree().states(MAX_STATES) > MAX_STATES) {
      throw new RegexSyntaxException(true);
    }
    return new Regex(p.tree(), p.groups());
  }

  /** How many groups it has. */
  public int groupCount() {
    return groups;
  }

  /** The match of a whole text, if it matches. */
  public Optional<Match> match(String text) {
    if (text.length() <= MAX_TEXT) {
      try {
        Search s = new Search(program, groups, text);
        return s.matches() ? Optional.of(match(s)) : Optional.empty();
      } catch (Search.GivenUp e) {
        // Below.
      }
    }
    Matcher m = Linear.pattern(tree).matcher(new Polled(text));
    return m.matches() ? Optional.of(match(m)) : Optional.empty();
  }

  /** All matches in a text, one behind the other. */
  public List<Match> matches(String text) {
    if (text.length() <= MAX_TEXT) {
      try {
        return search(text);
      } catch (Search.GivenUp e) {
        // Below.
      }
    }
    List<Match> out = new ArrayList<>();
    Pattern p = Linear.pattern(tree);
    Matcher m = p.matcher(new Polled(text));
    while (m.find()) {
      EvalThread.poll();
      out.add(match(m));
    }
    return out;
  }

  // As std::regex_iterator goes on, which says that there is something before the place where it
  // searches only once it has gone on for the first time and has not found a match right there.
  private List<Match> search(String text) {
    List<Match> out = new ArrayList<>();
    Search s = new Search(program, groups, text);
    boolean begins = true;
    boolean is = s.find(0, true);
    while (is) {
      EvalThread.poll();
      out.add(match(s));
      int from = s.end();
      if (s.start() == s.end()) {
        if (from == text.length()) {
          break;
        }
        if (s.findSomethingAt(from, begins)) {
          continue;
        }
        from++;
      }
      begins = false;
      is = s.find(from, false);
    }
    return out;
  }

  private static Match match(Search s) {
    return new Match(s.start(), s.end(), s.groups());
  }

  private static Match match(Matcher m) {
    int[] bounds = new int[2 * m.groupCount()];
    for (int g = 0; g < m.groupCount(); g++) {
      bounds[2 * g] = m.start(g + 1);
      bounds[2 * g + 1] = m.end(g + 1);
    }
    return new Match(m.start(), m.end(), bounds);
  }

  /** Where a match takes long it asks now and then whether the evaluation has to end. */
  private record Polled(String text) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int i) {
      EvalThread.poll();
      return text.charAt(i);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return text.substring(from, to);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
