package org.buildchain.language.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads POSIX extended regular expressions as libstdc++ reads {@code std::regex::extended} in a
 * program of strict ISO C++. Source: POSIX.1-2017, chapter 9.4, with these differences: a backslash
 * stands only before a special character; a quantifier stands only behind an atom, and several may
 * follow each other; an empty branch matches the empty string.
 */
final class RegexParser {
  private static final String SPECIAL = ".[\\()*+?{|^$";
  private static final int MAX_DEPTH = 1000;

  private final String s;
  private int i;
  private int groups;
  private int depth;

  private RegexParser(String s) {
    this.s = s;
  }

  /** What was read: the expression and how many groups it has. */
  record Parsed(RegexNode tree, int groups) {}

  static Parsed parse(String text) throws RegexSyntaxException {
    RegexParser p = new RegexParser(text);
    RegexNode tree = p.choice();
    if (p.i < text.length()) {
      throw invalid();
    }
    return new Parsed(tree, p.groups);
  }

  private static RegexSyntaxException invalid() {
    return new RegexSyntaxException(false);
  }

  private boolean at(char c) {
    return i < s.length() && s.charAt(i) == c;
  }

  private RegexNode choice() throws RegexSyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new RegexSyntaxException(true);
    }
    List<RegexNode> branches = new ArrayList<>();
    branches.add(sequence());
    while (at('|')) {
      i++;
      branches.add(sequence());
    }
    depth--;
    return branches.size() == 1 ? branches.getFirst() : new RegexNode.Choice(branches);
  }

  private RegexNode sequence() throws RegexSyntaxException {
    List<RegexNode> parts = new ArrayList<>();
    while (i < s.length()) {
      char c = s.charAt(i);
      if (c == '^' || c == '$') {
        i++;
        parts.add(new RegexNode.Anchor(c == '$'));
        continue;
      }
      if (c == '|' || c == ')' || "*+?{".indexOf(c) >= 0) {
        break;
      }
      parts.add(quantified(atom(c)));
    }
    return switch (parts.size()) {
      case 0 -> new RegexNode.Empty();
      case 1 -> parts.getFirst();
      default -> new RegexNode.Sequence(parts);
    };
  }

  private RegexNode atom(char c) throws RegexSyntaxException {
    i++;
    switch (c) {
      case '.' -> {
        BitSet all = new BitSet(256);
        all.set(1, 256);
        return new RegexNode.Bytes(all);
      }
      case '\\' -> {
        if (i == s.length() || SPECIAL.indexOf(s.charAt(i)) < 0) {
          throw invalid();
        }
        return single(s.charAt(i++));
      }
      case '[' -> {
        BracketParser b = new BracketParser(s, i);
        BitSet set = b.parse();
        i = b.end();
        return new RegexNode.Bytes(set);
      }
      case '(' -> {
        int number = groups++;
        RegexNode body = choice();
        if (!at(')')) {
          throw invalid();
        }
        i++;
        return new RegexNode.Group(number, body);
      }
      default -> {
        return single(c);
      }
    }
  }

  private static RegexNode single(char c) {
    BitSet one = new BitSet(256);
    one.set(c);
    return new RegexNode.Bytes(one);
  }

  private RegexNode quantified(RegexNode atom) throws RegexSyntaxException {
    RegexNode n = atom;
    while (i < s.length()) {
      switch (s.charAt(i)) {
        case '*' -> n = repeat(n, 0, RegexNode.Repeat.UNBOUNDED);
        case '+' -> n = repeat(n, 1, RegexNode.Repeat.UNBOUNDED);
        case '?' -> n = repeat(n, 0, 1);
        case '{' -> n = interval(n);
        default -> {
          return n;
        }
      }
      if (n.states(Regex.MAX_STATES) > Regex.MAX_STATES) {
        throw new RegexSyntaxException(true);
      }
    }
    return n;
  }

  private RegexNode repeat(RegexNode n, int least, int most) {
    i++;
    return new RegexNode.Repeat(n, least, most);
  }

  private RegexNode interval(RegexNode n) throws RegexSyntaxException {
    i++;
    int least = number();
    int most = least;
    if (at(',')) {
      i++;
      most = at('}') ? RegexNode.Repeat.UNBOUNDED : number();
    }
    if (!at('}') || (most != RegexNode.Repeat.UNBOUNDED && most < least)) {
      throw invalid();
    }
    i++;
    return new RegexNode.Repeat(n, least, most);
  }

  /** A count that fits into 31 bits; more than there may be states counts as so many. */
  private int number() throws RegexSyntaxException {
    int from = i;
    long n = 0;
    while (i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '9') {
      n = n * 10 + s.charAt(i++) - '0';
      if (n > Integer.MAX_VALUE) {
        throw invalid();
      }
    }
    if (i == from) {
      throw invalid();
    }
    return (int) Math.min(Regex.MAX_STATES + 1, n);
  }
}
