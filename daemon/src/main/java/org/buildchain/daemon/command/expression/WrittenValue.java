package org.buildchain.daemon.command.expression;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.Octets;

/** A value as files. Source: Nix 2.26 manual, {@code nix eval --write-to}. */
final class WrittenValue {
  private final String given;
  private final Path at;

  /**
   * @param given where it is written
   */
  WrittenValue(CommandContext context, String given) {
    this.given = given;
    String path = CanonicalPath.absolute(given, context.caller().invocation().cwd());
    this.at = Path.of(Octets.toText(path));
  }

  /**
   * Paths from the value's own, which is empty, to what files hold; to nothing for a folder.
   *
   * @throws EvalException if it is neither a string nor a set of such
   */
  static SortedMap<String, Optional<String>> entries(Evaluator ev, Value value) {
    SortedMap<String, Optional<String>> all = new TreeMap<>();
    add(ev, value, Pos.NONE, "", all);
    return all;
  }

  private static void add(
      Evaluator ev, Value value, Pos at, String path, Map<String, Optional<String>> to) {
    switch (ev.force(value)) {
      case Str s -> to.put(path, Optional.of(s.value()));
      case Attrs a -> {
        to.put(path, Optional.empty());
        for (int i : a.byName()) {
          String name = a.name(i).name();
          try {
            if (name.equals(".") || name.equals("..") || name.isEmpty() || name.contains("/")) {
              throw EvalException.other("invalid file name '" + name + "'");
            }
            add(ev, a.value(i), a.pos(i), path.isEmpty() ? name : path + "/" + name, to);
          } catch (EvalException e) {
            throw e.trace(a.pos(i), "while evaluating the attribute '" + name + "'");
          }
        }
      }
      default ->
          throw EvalException.type("value at '" + at + "' is not a string or an attribute set");
    }
  }

  /**
   * Writes what {@link #entries} gave.
   *
   * @throws CommandException if there is something
   */
  void write(SortedMap<String, Optional<String>> entries) throws IOException {
    if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandException("path '" + given + "' already exists");
    }
    for (Map.Entry<String, Optional<String>> e : entries.entrySet()) {
      Path path = e.getKey().isEmpty() ? at : at.resolve(Octets.toText(e.getKey()));
      if (e.getValue().isPresent()) {
        Files.write(path, Octets.bytes(e.getValue().get()));
      } else {
        Files.createDirectory(path);
      }
    }
  }
}
