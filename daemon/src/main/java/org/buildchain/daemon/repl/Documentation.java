package org.buildchain.daemon.repl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.language.builtins.BuiltinText;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Expr;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;

/**
 * What {@code :doc} says: what builtins take and give, and of functions and attributes where they
 * are defined and the comment that begins with two asterisks before them. Source: Nix 2.26 manual,
 * "Doc comments".
 */
final class Documentation {
  /** What may stand between such a comment and the function that it is about. */
  private static final Pattern BEFORE =
      Pattern.compile("\\*/\\s*(?:[A-Za-z0-9_.\"'-]+\\s*=\\s*)?(?:[A-Za-z0-9_'-]+\\s*:\\s*)*$");

  /** As much of a text as a line holds, with the blank where it is broken. */
  private static final Pattern FULL_LINE = Pattern.compile("(.{1,72})(?: |$)");

  private static final int MOST = 1 << 16;

  private final Evaluator ev;
  private final Names names;

  Documentation(Evaluator ev, Names names) {
    this.ev = ev;
    this.names = names;
  }

  /**
   * What is said of an expression.
   *
   * @throws CommandException if there is nothing to be said
   */
  String of(String expression) {
    Expr tree = names.parse(expression);
    Optional<Pos> attribute = attribute(tree);
    Value v = names.eval(expression);
    Optional<String> found = constant(tree, v).or(() -> ofValue(v));
    if (found.isPresent()) {
      return found.get();
    }
    Pos at =
        attribute
            .filter(Pos::isKnown)
            .orElseThrow(() -> new CommandException("value does not have documentation"));
    String name = expression.substring(expression.lastIndexOf('.') + 1).strip();
    return "Attribute "
        + name
        + Octets.fromText("\n\n… defined at ")
        + at
        + "\n\n"
        + comment(at).orElse("No documentation found.");
  }

  /** Where the attribute that is selected is defined, if one is. */
  private Optional<Pos> attribute(Expr e) {
    if (!(e instanceof Expr.Select s)
        || !(s.path().getLast() instanceof Expr.AttrName.Known last)) {
      return Optional.empty();
    }
    List<Expr.AttrName> path = s.path().subList(0, s.path().size() - 1);
    Value of =
        names.eval(
            path.isEmpty()
                ? s.subject()
                : new Expr.Select(s.pos(), s.subject(), path, Optional.empty()));
    Attrs set =
        ev.attrs(of, Pos.NONE, "while evaluating an attribute set to look for documentation");
    int i = set.indexOf(ev.symbols().of(last.name()));
    return i < 0 ? Optional.empty() : Optional.of(set.pos(i));
  }

  private Optional<String> ofValue(Value v) {
    return switch (v) {
      case Value.Builtin b -> text(b.def().name());
      case Value.Lambda l -> Optional.of(function(l));
      case Attrs a when a.get(ev.symbols().of("__functor")) != null ->
          ofValue(ev.force(ev.call(a.get(ev.symbols().of("__functor")), a)));
      default -> Optional.empty();
    };
  }

  /** Of a constant that is built in: by its name, since its value does not tell. */
  private Optional<String> constant(Expr tree, Value v) {
    String name =
        switch (tree) {
          case Expr.Var var -> var.name();
          case Expr.Select s
              when s.subject() instanceof Expr.Var set
                  && set.name().equals("builtins")
                  && s.path().size() == 1
                  && s.path().getFirst() instanceof Expr.AttrName.Known known ->
              known.name();
          default -> "";
        };
    Value builtin = ev.builtins().get(ev.symbols().of(name));
    return builtin == null || v instanceof Value.Builtin || ev.force(builtin) != v
        ? Optional.empty()
        : text(name);
  }

  private static Optional<String> text(String name) {
    return Optional.ofNullable(BuiltinText.all().get(name))
        .map(
            t ->
                ("Synopsis: builtins." + name + " " + String.join(" ", t.arguments())).strip()
                    + "\n\n"
                    + FULL_LINE.matcher(t.text()).replaceAll("$1\n").strip());
  }

  private static String function(Value.Lambda l) {
    String defined = "defined at " + l.pos();
    String head =
        l.name().isPresent()
            ? "Function " + l.name().get() + Octets.fromText("\n… ") + defined
            : "Function " + defined;
    return comment(l.pos()).map(c -> head + "\n\n" + c).orElse(head);
  }

  /** The text of the comment about what is defined at a place. */
  private static Optional<String> comment(Pos at) {
    String text = at.source().text();
    String before = text.substring(Math.max(0, at.offset() - MOST), at.offset());
    Matcher end = BEFORE.matcher(before);
    if (!end.find()) {
      return Optional.empty();
    }
    int begin = before.lastIndexOf("/*", end.start() - 1);
    if (begin < 0 || !before.startsWith("/**", begin) || end.start() < begin + 3) {
      return Optional.empty();
    }
    String inner = unindented("   " + before.substring(begin + 3, end.start()));
    return Optional.of(inner).filter(c -> !c.isEmpty());
  }

  private static String unindented(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int least =
        lines.stream()
            .filter(l -> !l.isBlank())
            .mapToInt(l -> l.length() - l.stripLeading().length())
            .min()
            .orElse(0);
    lines.replaceAll(l -> l.substring(Math.min(least, l.length())).stripTrailing());
    return String.join("\n", lines).strip();
  }
}
