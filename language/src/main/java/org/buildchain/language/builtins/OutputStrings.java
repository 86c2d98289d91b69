package org.buildchain.language.builtins;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Placeholders;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Context;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Str;
import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Pos;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/** The strings that stand for outputs: paths where they are known, else placeholders. */
final class OutputStrings {
  private OutputStrings() {}

  static Str of(Evaluator ev, Derivation drv, StorePath drvPath, String output) {
    return of(ev, drvPath, output, drv.outputs().get(output));
  }

  private static Str of(
      Evaluator ev, StorePath drvPath, String output, DerivationOutput described) {
    StoreDir dir = ev.host().storeDir();
    String text =
        switch (described) {
          case DerivationOutput.InputAddressed i -> dir.print(i.path());
          case DerivationOutput.Fixed f ->
              dir.print(f.path(dir, Derivation.nameOf(drvPath), output).orElseThrow());
          default -> Placeholders.ofUpstream(drvPath, output);
        };
    return new Str(text, Context.of(new Context.Built(drvPath, output)));
  }

  /** {@code builtins.outputOf}. Source: {@code primops.cc}, {@code coerceToSingleDerivedPath}. */
  static Value outputOf(Evaluator ev, Value derivation, Value output) {
    String what = "while evaluating the first argument to builtins.outputOf";
    Str s = Args.string(ev, derivation, what);
    Context.Element of;
    try {
      of = single(ev, s);
    } catch (EvalException e) {
      throw e.trace(Pos.NONE, what);
    }
    String name =
        Args.plain(ev, output, "while evaluating the second argument to builtins.outputOf");
    Context.Element wanted =
        of instanceof Context.Opaque o
            ? new Context.Built(o.path(), name)
            : new Context.Computed(of, name);
    return new Str(text(ev, wanted), Context.of(wanted));
  }

  /** What the string stands for, if it stands for one thing and is that thing's text. */
  private static Context.Element single(Evaluator ev, Str s) {
    int size = s.context().elements().size();
    if (size != 1) {
      throw EvalException.other(
          "string '"
              + s.value()
              + "' has "
              + size
              + " entries in its context. It should only have exactly one entry");
    }
    Context.Element of = s.context().elements().iterator().next();
    if (of instanceof Context.DrvDeep) {
      throw EvalException.other(
          "string '"
              + s.value()
              + "' has a context which refers to a complete source and binary closure. This is not"
              + " supported at this time");
    }
    String right = text(ev, of);
    if (s.value().equals(right)) {
      return of;
    }
    throw EvalException.other(
        switch (of) {
          case Context.Built b -> wrong(s, b.output(), ev.host().storeDir().print(b.path()), right);
          case Context.Computed c ->
              wrong(s, c.output(), printed(ev.host().storeDir(), c.derivation()), right);
          default ->
              "path string '" + s.value() + "' has context with the different path '" + right + "'";
        });
  }

  private static String wrong(Str s, String output, String derivation, String right) {
    return "string '"
        + s.value()
        + "' has context with the output '"
        + output
        + "' from derivation '"
        + derivation
        + "', but the string is not the right placeholder for this derivation output. It should be"
        + " '"
        + right
        + "'";
  }

  private static String printed(StoreDir dir, Context.Element e) {
    return switch (e) {
      case Context.Built b -> dir.print(b.path()) + "^" + b.output();
      case Context.Computed c -> printed(dir, c.derivation()) + "^" + c.output();
      default -> dir.print(e.path());
    };
  }

  /** The string that stands for an object or an output. */
  private static String text(Evaluator ev, Context.Element e) {
    return switch (e) {
      case Context.Built b -> of(ev, b.path(), b.output(), output(ev, b)).value();
      case Context.Computed c -> placeholder(c);
      default -> ev.host().storeDir().print(e.path());
    };
  }

  private static DerivationOutput output(Evaluator ev, Context.Built b) {
    String drvPath = ev.host().storeDir().print(b.path());
    try {
      DerivationOutput output = ev.host().readDerivation(b.path()).outputs().get(b.output());
      if (output == null) {
        throw EvalException.other(
            "derivation '" + drvPath + "' does not have output '" + b.output() + "'");
      }
      return output;
    } catch (NoSuchFileException e) {
      throw EvalException.other("path '" + drvPath + "' is not a valid store path");
    } catch (IOException | FormatException e) {
      throw EvalException.other(e.getMessage());
    }
  }

  private static String placeholder(Context.Element e) {
    return switch (e) {
      case Context.Computed c -> Placeholders.ofComputed(placeholder(c.derivation()), c.output());
      case Context.Built b -> Placeholders.ofUpstream(b.path(), b.output());
      default -> throw new IllegalStateException(e.encode());
    };
  }

  /** The path of the derivation of which something is wanted, if that can be told unbuilt. */
  static StorePath known(Evaluator ev, Context.Computed wanted) {
    if (wanted.derivation() instanceof Context.Built b) {
      StoreDir dir = ev.host().storeDir();
      return output(ev, b)
          .path(dir, Derivation.nameOf(b.path()), b.output())
          .orElseThrow(() -> unbuilt(ev, b));
    }
    throw unbuilt(ev, wanted.derivation());
  }

  /** What is said where an output would have to be there. */
  static EvalException unbuilt(Evaluator ev, Context.Element output) {
    StoreDir dir = ev.host().storeDir();
    return switch (output) {
      case Context.Computed c -> unbuilt(c.output(), printed(dir, c.derivation()));
      case Context.Built b -> unbuilt(b.output(), dir.print(b.path()));
      default -> throw new IllegalStateException(output.encode());
    };
  }

  private static EvalException unbuilt(String output, String derivation) {
    return EvalException.other(
        "cannot operate on output '" + output + "' of the unbuilt derivation '" + derivation + "'");
  }
}
