package org.buildchain.daemon.nix.env;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.buildchain.daemon.evaluation.Package;
import org.buildchain.store.Store;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Option;

/** What {@code nix-env -q} says of each package. */
final class PackageColumns {
  @Option(
      names = {"-s", "--status"},
      description = "Show whether it is in the profile (I) and in the store (P).")
  private boolean status;

  @Option(
      names = {"-P", "--attr-path"},
      description = "Show the attribute.")
  private boolean attributes;

  @Option(names = "--no-name", description = "Leave out the name.")
  private boolean noName;

  @Option(names = "--system", description = "Show the system.")
  private boolean system;

  @Option(names = "--drv-path", description = "Show the derivation.")
  private boolean drvPath;

  @Option(names = "--out-path", description = "Show the outputs' paths.")
  private boolean outPath;

  @Option(names = "--description", description = "Show what it is for.")
  private boolean description;

  @Option(names = "--meta", description = "With --json: show all of 'meta'.")
  private boolean meta;

  boolean status() {
    return status;
  }

  boolean attributes() {
    return attributes;
  }

  boolean drvPath() {
    return drvPath;
  }

  boolean outPath() {
    return outPath;
  }

  boolean meta() {
    return meta;
  }

  /** The columns of a package. */
  List<String> of(Package p, Store store, Set<StorePath> inProfile) {
    List<String> row = new ArrayList<>();
    if (status) {
      row.add(status(p, store, inProfile));
    }
    if (attributes) {
      row.add(p.attribute());
    }
    if (!noName) {
      row.add(p.name());
    }
    if (system) {
      row.add(p.system());
    }
    if (drvPath) {
      row.add(p.drvPath().map(store.dir()::print).orElse("-"));
    }
    if (outPath) {
      row.add(outputs(p, store));
    }
    if (description) {
      row.add(p.metaString("description"));
    }
    return row;
  }

  // The third place would say whether a substituter has it.
  private static String status(Package p, Store store, Set<StorePath> inProfile) {
    SortedMap<String, Optional<StorePath>> outputs = p.outputs(true);
    boolean in = outputs.values().stream().flatMap(Optional::stream).anyMatch(inProfile::contains);
    boolean valid =
        outputs.getOrDefault("out", Optional.empty()).filter(store::isValid).isPresent();
    return (in ? "I" : "-") + (valid ? "P" : "-") + "-";
  }

  private static String outputs(Package p, Store store) {
    List<String> parts = new ArrayList<>();
    p.outputs(true)
        .forEach(
            (name, path) ->
                parts.add(
                    (name.equals("out") ? "" : name + "=")
                        + path.map(store.dir()::print).orElse("")));
    return String.join(";", parts);
  }
}
