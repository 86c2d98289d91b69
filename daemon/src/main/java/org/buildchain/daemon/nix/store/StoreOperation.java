package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.argument.StoreArguments;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.DerivationOutput;
import org.buildchain.derivation.Derivations;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.PathInfo;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the operations of {@code nix-store} have in common. */
abstract class StoreOperation extends NixCommand {
  @Parameters(paramLabel = "ARG", arity = "0..*", description = "What the operation works on.")
  private List<String> given = new ArrayList<>();

  @Option(names = "--stdin", description = "Read further arguments from standard input.")
  private boolean fromInput;

  @Option(
      names = "--add-root",
      paramLabel = "PATH",
      description = "Leave links PATH, PATH-2, ... to what is printed, which keep it.")
  Optional<String> root = Optional.empty();

  @Option(names = "--indirect", description = "Taken: every root is indirect.")
  boolean indirect;

  @Option(names = "--no-output", description = "Print no paths.")
  boolean noOutput;

  /** The arguments that are no options. */
  final List<String> arguments() throws IOException {
    List<String> all = new ArrayList<>(given);
    if (fromInput) {
      String text = Octets.of(context.caller().in().readAllBytes());
      all.addAll(
          Arrays.stream(text.split("[ \\t\\n\\r\\f\\x0b]+")).filter(w -> !w.isEmpty()).toList());
    }
    return all;
  }

  /** Fails if there is an argument. */
  final void noArguments() throws IOException {
    if (!arguments().isEmpty()) {
      throw usage("no arguments expected");
    }
  }

  final DiskStore store() {
    return context.services().store();
  }

  final void println(String line) {
    context.messages().println(line);
  }

  final String print(StorePath path) {
    return store().dir().print(path);
  }

  /** The valid store object that an argument leads to. */
  final StorePath object(String argument) throws IOException {
    return new StoreArguments(context).resolve(argument).object();
  }

  final PathInfo info(StorePath path) {
    return store()
        .query(path)
        .orElseThrow(() -> new StoreException("path '" + print(path) + "' is not valid"));
  }

  final Derivation derivation(StorePath path) {
    return new Derivations(store()).apply(path);
  }

  /** The derivation that a path is, or that made it. */
  final StorePath deriver(StorePath path) {
    return path.isDerivation()
        ? path
        : info(path)
            .deriver()
            .orElseThrow(
                () -> new StoreException("deriver of path '" + print(path) + "' is not known"));
  }

  /** The outputs of a derivation, in the order of their paths. */
  final SortedSet<StorePath> outputs(StorePath drvPath) {
    Derivation drv = derivation(drvPath);
    SortedSet<StorePath> paths = new TreeSet<>();
    for (var output : drv.outputs().entrySet()) {
      DerivationOutput o = output.getValue();
      paths.add(
          o.path(store().dir(), drv.name(), output.getKey())
              .orElseThrow(
                  () ->
                      usage(
                          "Cannot use output path of floating content-addressed derivation until we"
                              + " know what it is (e.g. by building it)")));
    }
    return paths;
  }

  /** Makes paths valid. */
  final SortedMap<StorePath, SortedMap<String, StorePath>> realise(List<DerivedPath> wanted)
      throws InterruptedException {
    return builds().realise(wanted);
  }

  private Builds builds() {
    return new Builds(context, chosen(), !quietBuilds);
  }

  /** The settings, with what the options change. */
  final Settings chosen() {
    return context.settings(settings);
  }
}
