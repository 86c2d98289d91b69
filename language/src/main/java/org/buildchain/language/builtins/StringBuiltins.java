package org.buildchain.language.builtins;

import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Ahead;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;

/** Builtins on strings. Lengths and offsets count bytes. */
final class StringBuiltins {
  private StringBuiltins() {}

  static void register(Registry r) {
    r.globalOne("toString", StringBuiltins::toStringOf);
    r.three("substring", StringBuiltins::substring);
    r.one("stringLength", StringBuiltins::stringLength);
    r.two("concatStringsSep", StringBuiltins::concatStringsSep);
    r.three("replaceStrings", StringBuiltins::replaceStrings);
  }

  private static Value toStringOf(Evaluator ev, Value v) {
    return ev.coercion()
        .coerce(
            v,
            Pos.NONE,
            "while evaluating the first argument passed to builtins.toString",
            true,
            false,
            true);
  }

  private static Value substring(Evaluator ev, Value from, Value length, Value string) {
    long start =
        Args.integer(
            ev,
            from,
            "while evaluating the first argument (the start offset) passed to"
                + " builtins.substring");
    if (start < 0) {
      throw EvalException.other("negative start position in 'substring'");
    }
    long n =
        Args.integer(
            ev,
            length,
            "while evaluating the second argument (the substring length) passed to"
                + " builtins.substring");
    Str s =
        ev.coercion()
            .coerce(
                string,
                Pos.NONE,
                "while evaluating the third argument (the string) passed to builtins.substring",
                false,
                true,
                true);
    int size = s.value().length();
    if (start >= size) {
      return new Str("", s.context());
    }
    long end = n < 0 || n > size - start ? size : start + n;
    return start == 0 && end == size
        ? s
        : new Str(s.value().substring((int) start, (int) end), s.context());
  }

  private static Value stringLength(Evaluator ev, Value v) {
    return Value.Int.of(
        ev.coercion()
            .coerce(
                v,
                Pos.NONE,
                "while evaluating the argument passed to builtins.stringLength",
                false,
                true,
                true)
            .value()
            .length());
  }

  private static Value concatStringsSep(Evaluator ev, Value separator, Value list) {
    Str sep =
        Args.string(
            ev,
            separator,
            "while evaluating the first argument (the separator string) passed to"
                + " builtins.concatStringsSep");
    Value.List l =
        Args.list(
            ev,
            list,
            "while evaluating the second argument (the list of strings to concat) passed to"
                + " builtins.concatStringsSep");
    StringBuilder out = new StringBuilder();
    Context.Builder context = new Context.Builder();
    context.add(sep.context());
    try (Ahead.Scope _ = ev.aheadOfCoercion(l.elements())) {
      for (int i = 0; i < l.size(); i++) {
        EvalThread.poll();
        if (i > 0) {
          out.append(sep.value());
        }
        Str s =
            ev.coercion()
                .coerce(
                    l.get(i),
                    Pos.NONE,
                    "while evaluating one element of the list of strings to concat passed to"
                        + " builtins.concatStringsSep",
                    false,
                    true,
                    true);
        out.append(s.value());
        ev.checkLength(out.length(), Pos.NONE);
        context.add(s.context());
      }
    }
    return new Str(out.toString(), context.build());
  }

  private static Value replaceStrings(Evaluator ev, Value from, Value to, Value string) {
    Value.List f =
        Args.list(
            ev, from, "while evaluating the first argument passed to builtins.replaceStrings");
    Value.List t =
        Args.list(ev, to, "while evaluating the second argument passed to builtins.replaceStrings");
    if (f.size() != t.size()) {
      throw EvalException.other(
          "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths");
    }
    String[] patterns = new String[f.size()];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] =
          Args.string(
                  ev,
                  f.get(i),
                  "while evaluating one of the strings to replace passed to"
                      + " builtins.replaceStrings")
              .value();
    }
    Str s =
        Args.string(
            ev, string, "while evaluating the third argument passed to builtins.replaceStrings");
    Str[] replacements = new Str[patterns.length];
    Context.Builder context = new Context.Builder();
    context.add(s.context());
    StringBuilder out = new StringBuilder();
    String text = s.value();
    // One step past the end, so that an empty pattern matches there too.
    for (int p = 0; p <= text.length(); ) {
      EvalThread.poll();
      ev.checkLength(out.length(), Pos.NONE);
      int k = matching(patterns, text, p);
      if (k < 0) {
        if (p < text.length()) {
          out.append(text.charAt(p));
        }
        p++;
        continue;
      }
      if (replacements[k] == null) {
        replacements[k] =
            Args.string(
                ev,
                t.get(k),
                "while evaluating one of the replacement strings passed to"
                    + " builtins.replaceStrings");
        context.add(replacements[k].context());
      }
      out.append(replacements[k].value());
      if (patterns[k].isEmpty()) {
        if (p < text.length()) {
          out.append(text.charAt(p));
        }
        p++;
      } else {
        p += patterns[k].length();
      }
    }
    return new Str(out.toString(), context.build());
  }

  private static int matching(String[] patterns, String text, int at) {
    for (int i = 0; i < patterns.length; i++) {
      if (text.startsWith(patterns[i], at)) {
        return i;
      }
    }
    return -1;
  }
}
