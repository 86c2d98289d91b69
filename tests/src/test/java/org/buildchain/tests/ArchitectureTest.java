package org.buildchain.tests;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules of docs/architecture.md that a compiler does not keep. */
@AnalyzeClasses(
    packages = "org.buildchain",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {
  private static final int MOST_TYPES = 40;
  private static final Set<String> LARGE =
      Set.of("org.buildchain.store.disk", "org.buildchain.language.eval");

  @ArchTest
  static final ArchRule arrowsRunDownwards =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("hashrewrite")
          .definedBy("org.buildchain.hashrewrite..")
          .layer("store")
          .definedBy("org.buildchain.store..")
          .layer("fuse")
          .definedBy("org.buildchain.fuse..")
          .layer("derivation")
          .definedBy("org.buildchain.derivation..")
          .layer("language")
          .definedBy("org.buildchain.language..")
          .layer("sandbox")
          .definedBy("org.buildchain.sandbox..")
          .layer("substituter")
          .definedBy("org.buildchain.substituter..")
          .layer("chain-client")
          .definedBy("org.buildchain.chain..")
          .layer("diff")
          .definedBy("org.buildchain.diff..")
          .layer("daemon")
          .definedBy("org.buildchain.daemon..")
          .whereLayer("hashrewrite")
          .mayNotAccessAnyLayer()
          .whereLayer("store")
          .mayOnlyAccessLayers("hashrewrite")
          .whereLayer("fuse")
          .mayOnlyAccessLayers("store")
          .whereLayer("derivation")
          .mayOnlyAccessLayers("store")
          .whereLayer("language")
          .mayOnlyAccessLayers("derivation", "store")
          .whereLayer("sandbox")
          .mayOnlyAccessLayers("derivation", "store")
          .whereLayer("substituter")
          .mayOnlyAccessLayers("derivation", "store")
          .whereLayer("chain-client")
          .mayOnlyAccessLayers("store")
          .whereLayer("diff")
          .mayOnlyAccessLayers("store");

  @ArchTest
  static final ArchRule packagesFormNoCycles =
      slices().matching("org.buildchain.(**)").should().beFreeOfCycles();

  /** What two kinds of commands share stands below both. */
  @ArchTest
  static final ArchRule kindsOfCommandsStandAlone =
      slices()
          .matching("org.buildchain.daemon.command.(expression|run|flake|store|exchange)..")
          .should()
          .notDependOnEachOther();

  /** As {@link #kindsOfCommandsStandAlone}, of Nix's programs. */
  @ArchTest
  static final ArchRule programsOfNixStandAlone =
      slices()
          .matching("org.buildchain.daemon.nix.(shell|env|store)..")
          .should()
          .notDependOnEachOther();

  /** Commands are found; they find none. */
  @ArchTest
  static final ArchRule whoeverDispatchesStandsAbove =
      noClasses()
          .that()
          .resideInAnyPackage("org.buildchain.daemon..")
          .and()
          .resideOutsideOfPackages(
              "org.buildchain.daemon", "org.buildchain.daemon.command.dispatch")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.buildchain.daemon.command.dispatch");

  /** The worker protocol asks for builds; the other neighbours serve the realiser. */
  @ArchTest
  static final ArchRule neighboursKnowTheSiteAlone =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.buildchain.sandbox..",
              "org.buildchain.language..",
              "org.buildchain.substituter..")
          .and()
          .resideOutsideOfPackage("org.buildchain.substituter.worker..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.buildchain.derivation.realise..", "org.buildchain.derivation.attributes..");

  /** What a block is good for is known above; who has blocks from elsewhere asks a store. */
  @ArchTest
  static final ArchRule blocksOnTheDiskAreTheDiskStoresAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.buildchain.store.disk..", "org.buildchain.store.block..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.buildchain.store.block..");

  /**
   * A package is one idea. Two are larger: what turns an object into blocks and back, and the
   * evaluator, whose nodes, values and thunks know each other.
   */
  @ArchTest
  static void packagesAreSmall(JavaClasses classes) {
    Map<String, Long> sizes =
        classes.stream()
            .filter(c -> c.isTopLevelClass() && !c.getSimpleName().equals("package-info"))
            .filter(
                c -> !LARGE.contains(c.getPackageName()) && !c.getPackageName().contains("proto"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    sizes.values().removeIf(n -> n <= MOST_TYPES);
    assertEquals(Map.of(), sizes, "packages with more than " + MOST_TYPES + " types");
  }

  @ArchTest
  static final ArchRule staticsHoldNoState =
      fields()
          .that()
          .areStatic()
          .and()
          .areDeclaredInClassesThat(not(resideInAPackage("..proto..")))
          .should()
          .beFinal();

  @ArchTest
  static final ArchRule formatsAreLeaves =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.buildchain.store.hash..",
              "org.buildchain.store.path..",
              "org.buildchain.store.ipld..",
              "org.buildchain.diff.elf..",
              "org.buildchain.diff.archive..",
              "org.buildchain.diff.text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.net..", "java.time..");
}
