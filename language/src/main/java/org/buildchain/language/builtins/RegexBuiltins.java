package org.buildchain.language.builtins;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.EvalThread;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.regex.Regex;
import org.buildchain.language.regex.RegexSyntaxException;

/** {@code match} and {@code split}. Expressions that were read are kept, up to a bound. */
final class RegexBuiltins {
  private static final int MAX_KEPT = 4096;

  private final Map<String, Regex> compiled = new ConcurrentHashMap<>();

  private RegexBuiltins() {}

  static void register(Registry r) {
    RegexBuiltins b = new RegexBuiltins();
    r.two("match", b::match);
    r.two("split", b::split);
  }

  private Regex regex(String posix) {
    Regex r = compiled.get(posix);
    if (r == null) {
      try {
        r = Regex.of(posix);
      } catch (RegexSyntaxException e) {
        throw EvalException.other(
            (e.isTooLarge() ? "memory limit exceeded by" : "invalid")
                + " regular expression '"
                + posix
                + "'");
      }
      if (compiled.size() >= MAX_KEPT) {
        compiled.clear();
      }
      compiled.put(posix, r);
    }
    return r;
  }

  private Value match(Evaluator ev, Value regex, Value string) {
    Regex r =
        regex(
            Args.plain(ev, regex, "while evaluating the first argument passed to builtins.match"));
    String s =
        Args.string(ev, string, "while evaluating the second argument passed to builtins.match")
            .value();
    Optional<Regex.Match> m = r.match(s);
    return m.isPresent() ? groups(s, m.get()) : Value.Null.NULL;
  }

  private static Value groups(String s, Regex.Match m) {
    Value[] out = new Value[m.groups().length / 2];
    for (int g = 0; g < out.length; g++) {
      int from = m.groups()[2 * g];
      out[g] = from < 0 ? Value.Null.NULL : new Str(s.substring(from, m.groups()[2 * g + 1]));
    }
    return new Value.List(out);
  }

  private Value split(Evaluator ev, Value regex, Value string) {
    Regex r =
        regex(
            Args.plain(ev, regex, "while evaluating the first argument passed to builtins.split"));
    Str text =
        Args.string(ev, string, "while evaluating the second argument passed to builtins.split");
    String s = text.value();
    List<Value> out = new ArrayList<>();
    int end = 0;
    for (Regex.Match m : r.matches(s)) {
      EvalThread.poll();
      out.add(new Str(s.substring(end, m.start())));
      out.add(groups(s, m));
      end = m.end();
    }
    if (out.isEmpty()) {
      return new Value.List(new Value[] {text});
    }
    out.add(new Str(s.substring(end)));
    return Value.List.of(out);
  }
}
