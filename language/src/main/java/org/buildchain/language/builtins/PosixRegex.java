package org.buildchain.language.builtins;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.buildchain.language.eval.EvalException;

/**
 * POSIX extended regular expressions by way of RE2, which takes linear time whatever the
 * expression. Source: POSIX.1-2017, chapter 9.4; as libstdc++ reads {@code std::regex::extended}: a
 * backslash before an ordinary character means the character, and inside brackets it means itself.
 *
 * <p>Counted repetitions are written out when the expression is compiled, and nested ones multiply.
 * libstdc++ gives up at a hundred thousand states, and so does this.
 */
final class PosixRegex {
  private static final long MAX_STATES = 100_000;

  private final String s;
  private final StringBuilder out = new StringBuilder();
  private int i;

  // States of the groups around this place, outermost first, and of the last atom.
  private final Deque<Long> around = new ArrayDeque<>();
  private long states;
  private long atom;

  private PosixRegex(String s) {
    this.s = s;
  }

  /** The pattern, leftmost-longest, in which {@code .} matches every byte. */
  static Pattern compile(String posix) {
    try {
      return Pattern.compile(
          new PosixRegex(posix).translate(), Pattern.DOTALL | Pattern.LONGEST_MATCH);
    } catch (PatternSyntaxException e) {
      throw invalid(posix);
    }
  }

  private static EvalException invalid(String posix) {
    return EvalException.other("invalid regular expression '" + posix + "'");
  }

  private String translate() {
    while (i < s.length()) {
      char c = s.charAt(i);
      switch (c) {
        case '\\' -> {
          if (i + 1 == s.length()) {
            throw invalid(s);
          }
          literal(s.charAt(i + 1));
          atom(1);
          i += 2;
        }
        case '[' -> bracket();
        case '(' -> {
          if (i + 1 < s.length() && s.charAt(i + 1) == '?') {
            throw invalid(s);
          }
          around.push(states);
          states = 1;
          out.append(c);
          i++;
        }
        case '*', '+', '?' -> quantifier();
        case '{' -> interval();
        default -> {
          if ("^.$)|".indexOf(c) >= 0) {
            out.append(c);
          } else {
            literal(c);
          }
          if (c == ')' && !around.isEmpty()) {
            long group = states + 1;
            states = around.pop();
            atom(group);
          } else {
            atom(1);
          }
          i++;
        }
      }
    }
    return out.toString();
  }

  /** Counts an atom of so many states. */
  private void atom(long size) {
    atom = size;
    states += size;
    if (states > MAX_STATES) {
      throw EvalException.other("memory limit exceeded by regular expression '" + s + "'");
    }
  }

  private void literal(char c) {
    boolean word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!word && c > ' ' && c < 0x7f) {
      out.append('\\');
    }
    out.append(c);
  }

  /** Several quantifiers on one atom: RE2 wants each around a group of its own. */
  private void quantifier() {
    char c = s.charAt(i++);
    while (i < s.length() && "*+?".indexOf(s.charAt(i)) >= 0) {
      char d = s.charAt(i++);
      c = c == d ? c : '*';
    }
    out.append(c);
  }

  private void interval() {
    int close = s.indexOf('}', i);
    if (close < 0 || !s.substring(i + 1, close).matches("[0-9]+(,[0-9]*)?")) {
      throw invalid(s);
    }
    String[] bounds = s.substring(i + 1, close).split(",");
    String most = bounds[bounds.length - 1];
    // Beyond a thousand RE2 refuses.
    long times = most.length() > 4 ? 1001 : Math.max(1, Long.parseLong(most));
    long once = atom;
    atom(once * (times - 1));
    atom = once * times;
    out.append(s, i, close + 1);
    i = close + 1;
  }

  private void bracket() {
    int k = i + 1;
    out.append('[');
    if (k < s.length() && s.charAt(k) == '^') {
      out.append('^');
      k++;
    }
    boolean first = true;
    while (true) {
      if (k >= s.length()) {
        throw invalid(s);
      }
      char c = s.charAt(k);
      if (c == ']' && !first) {
        break;
      }
      first = false;
      if (c == '[' && k + 1 < s.length() && ":.=".indexOf(s.charAt(k + 1)) >= 0) {
        k = named(k);
        continue;
      }
      boolean range =
          c == '-'
              && k + 1 < s.length()
              && s.charAt(k + 1) != ']'
              && out.charAt(out.length() - 1) != '['
              && out.charAt(out.length() - 1) != '^';
      if (range) {
        out.append('-');
      } else {
        literal(c);
      }
      k++;
    }
    out.append(']');
    atom(1);
    i = k + 1;
  }

  /** {@code [:class:]}, {@code [.c.]} or {@code [=c=]} at {@code k}; the offset after it. */
  private int named(int k) {
    char kind = s.charAt(k + 1);
    int close = s.indexOf(kind + "]", k + 2);
    if (close < 0) {
      throw invalid(s);
    }
    String name = s.substring(k + 2, close);
    if (kind == ':') {
      out.append("[:").append(name).append(":]");
    } else if (name.length() == 1) {
      literal(name.charAt(0));
    } else {
      throw invalid(s);
    }
    return close + 2;
  }
}
