package org.buildchain.language.flake;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.buildchain.language.EvalHost.FetchedTree;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.InputException;
import org.buildchain.language.fetch.Registry;
import org.buildchain.language.fetch.Verification;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.StorePath;

/** Trees that inputs stand for, and what expressions see of them. */
public final class Trees {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
  private static final String NO_COMMIT = "0".repeat(40);
  private static final int SHORT_REV = 7;

  private Trees() {}

  /** What is told of a tree besides what is known of it. */
  public enum Style {
    /** As {@code fetchTree} has it. */
    TREE,
    /** As {@code fetchGit} has it: there is always a commit. */
    GIT,
    /** A flake that is not what its commit says: its lock file would have to be written. */
    CHANGED
  }

  /**
   * Fetches an input, and looks whether what came is what it asks for.
   *
   * @throws EvalException if it is not, or nothing came
   */
  public static FetchedTree fetch(Evaluator ev, Input in) {
    try {
      return fetched(ev, in);
    } catch (InputException e) {
      // It has no URL that a trace could show.
      throw EvalException.other(e.getMessage()).exitStatus(e.status());
    }
  }

  /**
   * Looks a reference up in the flake registries.
   *
   * @throws EvalException if it is a mere name and none has it
   */
  public static Registry.Resolved resolve(Evaluator ev, Input in) {
    try {
      return ev.host().resolve(in);
    } catch (IOException | InputException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static FetchedTree fetched(Evaluator ev, Input in) {
    if (!in.isSupported()) {
      throw EvalException.other("cannot fetch unsupported input '" + in + "'");
    }
    try {
      Verification.requireFeature(ev.settings().features(), in.attributes());
      String url = in.text("url").orElse("");
      if (url.startsWith("file:") && !url.startsWith("file:/") && !in.type().equals("git")) {
        throw EvalException.other(
            "tarball '"
                + url
                + "' must use an absolute path. The 'file' scheme does not support relative"
                + " paths.");
      }
      FetchedTree tree = ev.host().fetchTree(in);
      return new FetchedTree(tree.path(), in.settled(tree.input()));
    } catch (InputException e) {
      throw traced(EvalException.other(e.getMessage()).exitStatus(e.status()), in);
    } catch (IOException | FormatException e) {
      throw traced(EvalException.other(e.getMessage()), in);
    } catch (EvalException e) {
      throw traced(e, in);
    }
  }

  private static EvalException traced(EvalException e, Input in) {
    return e.trace(Pos.NONE, "while fetching the input '" + in.toUrl() + "'");
  }

  /** The set that stands for a tree. */
  public static Attrs described(Evaluator ev, StorePath path, Input in, Style style) {
    boolean git = style == Style.GIT;
    Attrs.Builder b = new Attrs.Builder(12);
    put(ev, b, "outPath", stored(ev, path));
    in.narHash().ifPresent(h -> put(ev, b, "narHash", new Str(h.encode(Hash.Format.SRI))));
    if (in.type().equals("git")) {
      put(ev, b, "submodules", Value.Bool.of(in.flag("submodules")));
    }
    if (style != Style.CHANGED) {
      Optional<String> rev = in.rev().or(() -> git ? Optional.of(NO_COMMIT) : Optional.empty());
      rev.ifPresent(
          r -> {
            put(ev, b, "rev", new Str(r));
            put(ev, b, "shortRev", new Str(r.substring(0, SHORT_REV)));
          });
      in.number("revCount")
          .or(() -> git ? Optional.of(0L) : Optional.empty())
          .ifPresent(n -> put(ev, b, "revCount", Value.Int.of(n)));
    }
    for (String name : new String[] {"dirtyRev", "dirtyShortRev"}) {
      in.text(name).ifPresent(s -> put(ev, b, name, new Str(s)));
    }
    in.number("lastModified")
        .ifPresent(
            n -> {
              put(ev, b, "lastModified", Value.Int.of(n));
              put(ev, b, "lastModifiedDate", new Str(DATE.format(Instant.ofEpochSecond(n))));
            });
    return b.build();
  }

  private static Str stored(Evaluator ev, StorePath p) {
    return new Str(ev.host().storeDir().print(p), Context.of(new Context.Opaque(p)));
  }

  private static void put(Evaluator ev, Attrs.Builder b, String name, Value v) {
    b.put(ev.symbols().of(name), v);
  }
}
