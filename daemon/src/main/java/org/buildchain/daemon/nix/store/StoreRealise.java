package org.buildchain.daemon.nix.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.build.BuildRequest;
import org.buildchain.daemon.command.build.RealiseOptions;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nix-store --realise}. Source: Nix manual, "nix-store --realise"; {@code nix-store.cc}. */
@Command(
    name = "nix-store --realise",
    description = "Builds derivations and prints their outputs' store paths.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  nix-store -r \"$(nix-instantiate -A hello)\"",
      "  nix-store -r /nix/store/....drv!dev --add-root ./dev"
    })
final class StoreRealise extends StoreOperation {
  @Mixin private RealiseOptions realiseOptions;

  @Option(names = "--ignore-unknown", description = "Pass over what is not valid; print nothing.")
  private boolean ignoreUnknown;

  private int roots;

  @Override
  protected int run() throws IOException, InterruptedException {
    List<DerivedPath> wanted = new ArrayList<>();
    for (String given : arguments()) {
      try {
        wanted.add(wanted(given));
      } catch (CommandException e) {
        if (!ignoreUnknown) {
          throw e;
        }
      }
    }
    var made = realiseOptions.run(context, chosen(), !quietBuilds, wanted);
    if (made.isPresent() && !ignoreUnknown) {
      wanted.forEach(w -> show(w, made.get()));
    }
    return 0;
  }

  private DerivedPath wanted(String given) throws IOException {
    int cut = given.indexOf('!', given.lastIndexOf('/') + 1);
    StorePath path = object(cut < 0 ? given : given.substring(0, cut));
    if (!path.isDerivation()) {
      return new DerivedPath.Opaque(path);
    }
    SortedSet<String> outputs =
        cut < 0 || given.substring(cut + 1).equals("*")
            ? new TreeSet<>(derivation(path).outputs().keySet())
            : new TreeSet<>(Arrays.asList(given.substring(cut + 1).split(",")));
    for (String output : outputs) {
      if (!derivation(path).outputs().containsKey(output)) {
        throw new CommandException(
            "derivation '" + print(path) + "' does not have wanted outputs '" + output + "'");
      }
    }
    return new DerivedPath.Built(path, outputs);
  }

  private void show(DerivedPath wanted, SortedMap<StorePath, SortedMap<String, StorePath>> built) {
    roots++;
    String base = root.map(r -> roots == 1 ? r : r + "-" + roots).orElse("");
    SortedSet<String> lines = new TreeSet<>();
    switch (wanted) {
      case DerivedPath.Opaque o -> lines.add(shown(o.path(), base));
      case DerivedPath.Built b ->
          b.outputs()
              .forEach(
                  name ->
                      lines.add(
                          shown(
                              built
                                  .getOrDefault(b.derivation(), Collections.emptySortedMap())
                                  .get(name),
                              name.equals("out") ? base : base + "-" + name)));
    }
    if (!noOutput) {
      lines.forEach(this::println);
    }
  }

  private String shown(StorePath path, String link) {
    if (root.isPresent()) {
      return BuildRequest.pin(context, link, path);
    }
    warnOfNoRoot();
    return print(path);
  }
}
