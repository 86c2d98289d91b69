package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.NewObject;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.MemoryFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubstitutionTest {
  private final Workshop shop;
  private final ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
  private final Shelf shelf = new Shelf();

  SubstitutionTest(@TempDir Path folder) {
    shop = new Workshop(folder);
  }

  /** Offers objects that are files of one line. */
  private final class Shelf implements Substituter {
    private final Map<StorePath, List<StorePath>> offers = new HashMap<>();
    private final Set<StorePath> broken = new HashSet<>();
    private final Set<StorePath> gone = new HashSet<>();
    private final ConcurrentLinkedQueue<StorePath> fetched = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Set<StorePath>> asked = new ConcurrentLinkedQueue<>();

    @Override
    public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
      asked.add(Set.copyOf(paths));
      Map<StorePath, Offer> out = new HashMap<>();
      for (StorePath path : paths) {
        if (offers.containsKey(path)) {
          out.put(path, new Offer(path, new TreeSet<>(offers.get(path)), 1, 2));
        }
      }
      return out;
    }

    @Override
    public void fetch(StorePath path, Consumer<String> notes) throws IOException {
      for (StorePath reference : offers.get(path)) {
        assertTrue(reference.equals(path) || shop.store.isValid(reference));
      }
      if (broken.contains(path)) {
        throw new IOException("nobody has '" + path + "' as it should be");
      }
      if (gone.contains(path)) {
        throw new NoSuchFileException("nobody has '" + path + "'");
      }
      fetched.add(path);
      byte[] content = "fetched".getBytes(StandardCharsets.US_ASCII);
      shop.store.addObjects(
          List.of(
              new NewObject(
                  path,
                  new MemoryFile(content, false),
                  Set.of(),
                  Optional.empty(),
                  false,
                  Optional.empty())));
    }
  }

  private StorePath draft(String name, StorePath... inputs) {
    Workshop.Draft draft = shop.draft(name);
    for (StorePath input : inputs) {
      draft.needs("in" + input.name().replaceAll("[^a-z]", ""), input, "out");
    }
    return draft.add(
        run -> {
          ran.add(name);
          run.write("out", "built");
          return 0;
        });
  }

  private StorePath output(StorePath drv) {
    return shop.derivations
        .apply(drv)
        .outputs()
        .get("out")
        .path(shop.store.dir(), drv.name().replace(".drv", ""), "out")
        .orElseThrow();
  }

  private void realise(StorePath drv) throws InterruptedException {
    shop.realise(TestSettings.substituter(shelf, true), drv);
    assertTrue(shop.store.isValid(output(drv)));
  }

  @Test
  void nothingBelowWhatIsFetchedIsBuilt() throws Exception {
    StorePath tool = draft("tool");
    StorePath lib = draft("lib", tool);
    StorePath app = draft("app", lib, tool);
    shelf.offers.put(output(app), List.of(output(lib), output(app)));
    shelf.offers.put(output(lib), List.of());
    realise(app);
    assertEquals(List.of(), List.copyOf(ran));
    assertEquals(List.of(output(lib), output(app)), List.copyOf(shelf.fetched));
    assertFalse(shop.store.isValid(output(tool)));
    assertTrue(shop.events.getFirst() instanceof BuildEvent.Fetching f && f.offers().size() == 2);
  }

  @Test
  void whatIsNotOfferedIsBuiltOnWhatIs() throws Exception {
    StorePath tool = draft("tool");
    StorePath lib = draft("lib");
    StorePath app = draft("app", lib, tool);
    shelf.offers.put(output(lib), List.of());
    shelf.offers.put(output(tool), List.of());
    realise(app);
    assertEquals(List.of("app"), List.copyOf(ran));
    assertEquals(Set.of(output(lib), output(tool)), Set.copyOf(shelf.fetched));
    // Both were asked for at once.
    assertTrue(shelf.asked.contains(Set.of(output(lib), output(tool))));
  }

  @Test
  void anOfferWithoutItsReferencesIsNone() throws Exception {
    StorePath lib = draft("lib");
    StorePath app = draft("app", lib);
    shelf.offers.put(output(app), List.of(output(lib)));
    realise(app);
    assertEquals(List.of("lib", "app"), List.copyOf(ran));
    assertEquals(0, shelf.fetched.size());
  }

  @Test
  void offersThatReferToEachOtherInACircleAreNone() throws Exception {
    StorePath lib = draft("lib");
    StorePath app = draft("app", lib);
    shelf.offers.put(output(app), List.of(output(lib)));
    shelf.offers.put(output(lib), List.of(output(app)));
    realise(app);
    assertEquals(List.of("lib", "app"), List.copyOf(ran));
  }

  @Test
  void whatCannotBeFetchedAfterAllIsBuilt() throws Exception {
    StorePath lib = draft("lib");
    StorePath app = draft("app", lib);
    shelf.offers.put(output(app), List.of(output(lib)));
    shelf.offers.put(output(lib), List.of());
    shelf.broken.add(output(lib));
    realise(app);
    assertEquals(List.of("lib", "app"), List.copyOf(ran));
    assertEquals(List.of(), List.copyOf(shelf.fetched));
    assertTrue(
        shop.events.stream()
            .anyMatch(e -> e instanceof BuildEvent.Note n && n.text().contains("nobody has")));
  }

  @Test
  void whatCannotBeFetchedIsAnErrorUnlessThereIsAFallback() {
    StorePath lib = draft("lib");
    shelf.offers.put(output(lib), List.of());
    shelf.broken.add(output(lib));

    BuildException e =
        assertThrows(
            BuildException.class, () -> shop.realise(TestSettings.substituter(shelf, false), lib));

    // outputsSubstitutionTried in derivation-goal.cc of Nix 2.26.
    assertEquals(
        "some substitutes for the outputs of derivation '"
            + shop.print(lib)
            + "' failed (usually happens due to networking issues); try '--fallback' to build"
            + " derivation from source ",
        e.getMessage());
    assertEquals(1, e.exitStatus());
  }

  @Test
  void whatNobodyHasAnyMoreIsBuilt() throws Exception {
    StorePath lib = draft("lib");
    StorePath app = draft("app", lib);
    shelf.offers.put(output(app), List.of(output(lib)));
    shelf.offers.put(output(lib), List.of());
    shelf.gone.add(output(lib));
    shop.realise(TestSettings.substituter(shelf, false), app);
    assertEquals(List.of("lib", "app"), List.copyOf(ran));
  }

  @Test
  void aDerivationMayRefuseIt() throws Exception {
    StorePath local =
        shop.draft("local")
            .env("allowSubstitutes", "")
            .add(
                run -> {
                  run.write("out", "built");
                  return 0;
                });
    shelf.offers.put(output(local), List.of());
    realise(local);
    assertEquals("built", shop.store.read(output(local)));
  }
}
