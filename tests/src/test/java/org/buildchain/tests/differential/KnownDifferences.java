package org.buildchain.tests.differential;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where this evaluator means to differ from the Nix that it is compared with, and why. */
final class KnownDifferences {
  private record Difference(String reason, Predicate<Comparison.Result> applies) {}

  /** Holds for every version. */
  private static final List<Difference> ALWAYS =
      List.of(
          new Difference(
              "builtins.substring: Nix takes its start modulo 2^32 when it looks whether it lies"
                  + " behind the end, and then fails inside the C++ library",
              r -> r.nix().text().startsWith("basic_string_view::substr")),
          new Difference(
              "builtins.elemAt: Nix takes its index modulo 2^32 when it looks whether it lies"
                  + " behind the end, and then reads what stands elsewhere in memory",
              r ->
                  r.own()
                      .text()
                      .matches("'builtins.elemAt' called with index -?[0-9]{10,} on a list.*")),
          new Difference(
              "builtins.break: without a debugger Nix hands on its argument unevaluated, so that"
                  + " what looks at the value's type sees none",
              r -> r.expression().contains("builtins.break")),
          new Difference(
              "Nix without write access to its store does not know the derivations that it has"
                  + " just made, and fails where it needs their references",
              r ->
                  r.own().isValue() && r.nix().text().matches("path '/nix/store/.*' is not valid")),
          new Difference(
              "builtins.appendContext: Nix without write access to its store does not look whether"
                  + " the path is there",
              r ->
                  r.own()
                          .text()
                          .matches("path '/nix/store/.*' does not exist and cannot be created")
                      && r.nix().isValue()));

  /** Holds for 2.8, Debian 12's. */
  private static final List<Difference> OLD =
      List.of(
          new Difference(
              "integers: Nix reports overflow since 2.25; before, they wrapped around",
              r -> r.own().text().startsWith("integer overflow in ")),
          new Difference(
              "builtins.substring: Nix 2.8 takes start and length modulo 2^32",
              r -> r.expression().matches("(?s).*substring.*[0-9]{10}.*")),
          new Difference(
              "builtins.filterSource and builtins.path: Nix 2.8 stores a link itself",
              r ->
                  r.expression().matches("(?s).*(filterSource|builtins.path).*")
                      && r.expression().matches("(?s).*(links/loop|dir/link).*")));

  private final boolean recent;

  /**
   * @param recent whether the Nix is 2.26 or later, whose behaviour is the measure
   */
  KnownDifferences(boolean recent) {
    this.recent = recent;
  }

  /** Why the two outcomes may differ, if they may. */
  Optional<String> reason(Comparison.Result result) {
    return Stream.concat(ALWAYS.stream(), recent ? Stream.empty() : OLD.stream())
        .filter(d -> d.applies.test(result))
        .map(Difference::reason)
        .findFirst();
  }
}
