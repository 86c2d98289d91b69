package org.buildchain.daemon.command.argument;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.evaluation.CommandRecord;
import org.buildchain.daemon.evaluation.Evaluation.Input;
import org.buildchain.daemon.evaluation.OutputsSpec;
import org.buildchain.daemon.host.file.CanonicalPath;
import org.buildchain.language.EvalHost;
import org.buildchain.language.flake.FlakeOutput;
import org.buildchain.language.flake.LockOptions;
import org.buildchain.store.format.Octets;

/**
 * An argument {@code FLAKE#ATTRIBUTE}, {@code FLAKE} or {@code FLAKE#ATTRIBUTE^OUTPUTS}. A folder
 * stands for the flake in it or above it, as git has it if it is in a repository. Source: Nix 2.26
 * manual, {@code nix flake}, "Path-like syntax".
 */
public final class FlakeArgument {
  private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]*:.*");

  /** Those that can be nothing else. */
  private static final Pattern OF_FLAKES =
      Pattern.compile("(github|gitlab|sourcehut|path|flake|(git|hg|tarball|file)\\+[a-z]+):.*");

  private static final Pattern ID = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*(/.*)?");
  private static final String PLAIN = "-._~/";

  private FlakeArgument() {}

  /**
   * Whether an argument is one: {@code FLAKE#ATTRIBUTE} or a flake's URL where no file has that
   * name, or a folder with no expression for the command, in a flake.
   *
   * @param kind what the command looks for: a shell has a file of its own
   */
  public static boolean is(String given, String cwd, FlakeOutput kind) {
    String path = CanonicalPath.absolute(given, cwd);
    if (given.indexOf('#') >= 0 || OF_FLAKES.matcher(given).matches()) {
      return !Files.exists(file(path));
    }
    return Files.isDirectory(file(path))
        && !Files.exists(file(path + "/default.nix"))
        && !(kind == FlakeOutput.SHELL && Files.exists(file(path + "/shell.nix")))
        && above(path).filter(at -> Files.exists(file(at + "/flake.nix"))).isPresent();
  }

  /** That an argument is none. */
  static CommandRecord.Condition isNone(String given, String cwd, FlakeOutput kind) {
    String path = CanonicalPath.absolute(given, cwd);
    String expression = path + "/default.nix";
    // Where there is an expression nothing else matters.
    List<EvalHost.Place> places =
        Stream.of(expression, path)
            .limit(Files.exists(file(expression)) ? 1 : 2)
            .map(p -> new EvalHost.Place(p, true))
            .toList();
    return new CommandRecord.Condition() {
      @Override
      public List<EvalHost.Place> places() {
        return places;
      }

      @Override
      public boolean holds() {
        return !is(given, cwd, kind);
      }
    };
  }

  /** Whether an argument may be a name of the flake registries: no file has it. */
  public static boolean isName(String given, String cwd) {
    return given.indexOf('/') < 0
        && ID.matcher(given).matches()
        && !Files.exists(file(CanonicalPath.absolute(given, cwd)));
  }

  /**
   * What an argument stands for.
   *
   * @param cwd where relative paths start
   * @param kind where an attribute is looked for
   * @param locks how the flake's inputs are locked
   * @throws CommandException if there is no flake
   */
  public static Input.Flake of(String given, String cwd, FlakeOutput kind, LockOptions locks) {
    OutputsSpec.Selected selected = OutputsSpec.parse(given);
    int cut = selected.of().indexOf('#');
    boolean named = cut < 0 && ID.matcher(selected.of()).matches() && !isName(selected.of(), cwd);
    String of = named ? "./" + selected.of() : selected.of();
    return new Input.Flake(
        absolute(cut < 0 ? of : of.substring(0, cut), cwd, FlakeArgument::flake),
        cut < 0 ? "" : of.substring(cut + 1),
        selected.outputs(),
        kind,
        locks);
  }

  /**
   * A reference to a flake, absolute.
   *
   * @throws CommandException if it is a folder with no flake in or above it
   */
  public static String reference(String given, String cwd) {
    int cut = given.indexOf('#');
    if (cut >= 0 && cut + 1 < given.length()) {
      String fragment = given.substring(cut + 1);
      throw new CommandException(
          "unexpected fragment '" + fragment + "' in flake reference '" + given + "'");
    }
    return absolute(cut < 0 ? given : given.substring(0, cut), cwd, FlakeArgument::flake);
  }

  /** Likewise, where a folder stands for itself alone, whether it has a flake or not. */
  static String anyReference(String given, String cwd) {
    return absolute(given, cwd, FlakeArgument::folder);
  }

  private static String absolute(String reference, String cwd, UnaryOperator<String> find) {
    for (String scheme : new String[] {"path:", "git+file:"}) {
      if (reference.startsWith(scheme) && !reference.startsWith("/", scheme.length())) {
        int query = reference.indexOf('?');
        int end = query < 0 ? reference.length() : query;
        String path = CanonicalPath.absolute(reference.substring(scheme.length(), end), cwd);
        return scheme + encoded(path) + reference.substring(end);
      }
    }
    if (URL.matcher(reference).matches() || ID.matcher(reference).matches()) {
      return reference;
    }
    int query = reference.indexOf('?');
    String path = query < 0 ? reference : reference.substring(0, query);
    return located(
        reference,
        find.apply(CanonicalPath.absolute(path.isEmpty() ? "." : path, cwd)),
        query < 0 ? "" : reference.substring(query + 1));
  }

  private static String located(String reference, String folder, String query) {
    for (String top = folder; !top.equals("/"); top = parent(top)) {
      if (!Files.exists(file(top + "/.git"))) {
        continue;
      }
      String inner = top.equals(folder) ? "" : folder.substring(top.length() + 1);
      if (!inner.isEmpty() && ("&" + query).contains("&dir=")) {
        throw new CommandException(
            "flake URL '" + reference + "' has an inconsistent 'dir' parameter");
      }
      StringBuilder url = new StringBuilder("git+file://").append(encoded(top));
      String separator = "?";
      for (String part :
          new String[] {
            query,
            inner.isEmpty() ? "" : "dir=" + encoded(inner),
            Files.exists(file(top + "/.git/shallow")) ? "shallow=1" : ""
          }) {
        if (!part.isEmpty()) {
          url.append(separator).append(part);
          separator = "&";
        }
      }
      return url.toString();
    }
    return "path:" + encoded(folder) + (query.isEmpty() ? "" : "?" + query);
  }

  /** The folder with {@code flake.nix}: the given one, or one above it in the same repository. */
  private static String flake(String given) {
    String at =
        above(folder(given))
            .orElseThrow(() -> new CommandException("could not find a flake.nix file"));
    if (!Files.exists(file(at + "/flake.nix"))) {
      throw new CommandException(
          "path '"
              + at
              + "' is not part of a flake (neither it nor its parent directories contain a"
              + " 'flake.nix' file)");
    }
    return at;
  }

  /** The first folder with {@code flake.nix} from this one upwards, or that of the repository. */
  private static Optional<String> above(String folder) {
    for (String at = folder; !at.equals("/"); at = parent(at)) {
      if (Files.exists(file(at + "/flake.nix")) || Files.exists(file(at + "/.git"))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static String folder(String given) {
    boolean named = given.endsWith("/flake.nix") && Files.isRegularFile(file(given));
    String path = named ? parent(given) : given;
    if (!Files.exists(file(path), LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandException("getting status of '" + path + "': No such file or directory");
    }
    if (!Files.isDirectory(file(path), LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandException(
          "path '" + path + "' is not a flake (because it's not a directory)");
    }
    return path;
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private static Path file(String path) {
    return Path.of(Octets.toText(path));
  }

  private static String encoded(String path) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.toString();
  }
}
