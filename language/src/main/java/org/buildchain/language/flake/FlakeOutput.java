package org.buildchain.language.flake;

import java.util.ArrayList;
import java.util.List;

/**
 * Kinds of a flake's outputs, by where commands look for them. Source: Nix 2.26, {@code
 * getDefaultFlakeAttrPaths} and {@code getDefaultFlakeAttrPathPrefixes} of each command.
 */
public enum FlakeOutput {
  /** What is built: {@code nix build}. */
  PACKAGE(List.of(), List.of()),
  /** What is run: {@code nix run}. */
  APP(List.of("apps.@.default", "defaultApp.@"), List.of("apps.@.")),
  /** What one works in: {@code nix develop}. */
  SHELL(List.of("devShells.@.default", "devShell.@"), List.of("devShells.@.")),
  /** What formats its files, which is no package: {@code nix fmt}. */
  FORMATTER(List.of("formatter.@"), List.of()),
  /** What can be looked at, all of it by default: {@code nix repl}. */
  ANY(List.of(""), List.of()),
  /** What a flake can begin as: {@code nix flake init}. */
  TEMPLATE(List.of("templates.default", "defaultTemplate"), List.of("templates.")),
  /** Sets of packages: {@code nix search}. */
  PACKAGES_OF(List.of("packages.@", "legacyPackages.@"), List.of());

  private static final List<String> DEFAULT_PACKAGES =
      List.of("packages.@.default", "defaultPackage.@");
  private static final List<String> PACKAGES = List.of("packages.@.", "legacyPackages.@.");

  private final List<String> defaults;
  private final List<String> prefixes;

  FlakeOutput(List<String> defaults, List<String> prefixes) {
    this.defaults = defaults;
    this.prefixes = prefixes;
  }

  /** Where an attribute may stand in the outputs, the first place first. */
  List<String> paths(String system, String attribute) {
    if (attribute.startsWith(".")) {
      return List.of(attribute.substring(1));
    }
    boolean none = attribute.isEmpty();
    List<String> all = new ArrayList<>(none ? defaults : prefixes);
    boolean packages =
        switch (this) {
          case FORMATTER, TEMPLATE -> false;
          case ANY, PACKAGES_OF -> !none;
          case PACKAGE, APP, SHELL -> true;
        };
    if (packages) {
      all.addAll(none ? DEFAULT_PACKAGES : PACKAGES);
    }
    all.replaceAll(p -> p.replace("@", system) + attribute);
    if (!none) {
      all.add(attribute);
    }
    return all;
  }
}
