package org.buildchain.derivation.realise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.buildchain.derivation.Placeholders;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.derivation.site.Hooks;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that are made again and compared. The messages are those of Nix 2.8 and 2.26. */
class CheckTest {
  private final Path folder;
  private final Workshop shop;
  private final AtomicInteger runs = new AtomicInteger();

  CheckTest(@TempDir Path folder) {
    this.folder = folder;
    this.shop = new Workshop(folder);
  }

  private static String explained(String name, FileTree first, FileTree second) {
    return name
        + " "
        + ((FileTree.Regular) first).size()
        + " "
        + ((FileTree.Regular) second).size();
  }

  private static BuildSettings check(boolean keepFailed) {
    return TestSettings.check(keepFailed, (n, a, b) -> List.of(explained(n, a, b)));
  }

  private int count(Workshop.Run run) throws Exception {
    run.write("out", "x".repeat(runs.incrementAndGet()));
    return 0;
  }

  private BuildException refused(BuildSettings settings, StorePath drv) {
    return assertThrows(BuildException.class, () -> shop.realise(settings, drv));
  }

  @Test
  void theSameIsWell() throws Exception {
    StorePath drv =
        shop.draft("same")
            .add(
                run -> {
                  runs.incrementAndGet();
                  run.write("out", "same");
                  return 0;
                });
    StorePath out = shop.out(drv);
    shop.events.clear();

    assertEquals(out, shop.realise(check(true), drv).get(drv).get("out"));

    assertEquals(2, runs.get());
    assertEquals(new BuildEvent.Started(drv, BuildMode.CHECK), shop.events.getFirst());
  }

  @Test
  void whatDiffersIsExplained() throws Exception {
    StorePath drv = shop.draft("differs").add(this::count);
    String out = shop.print(shop.out(drv));

    BuildException e = refused(check(false), drv);

    assertEquals(
        "derivation '"
            + shop.print(drv)
            + "' may not be deterministic: output '"
            + out
            + "' differs",
        e.getMessage());
    assertEquals(104, e.exitStatus());
    assertTrue(shop.events.contains(new BuildEvent.Message(drv, out + " 1 2")));
    assertEquals("x", shop.store.read(shop.out(drv)));
    assertFalse(Files.exists(folder.resolve("checks")));
  }

  @Test
  void whatDiffersIsKeptWhereThatIsAsked() throws Exception {
    StorePath drv = shop.draft("differs").add(this::count);
    StorePath out = shop.out(drv);

    for (String content : List.of("xx", "xxx")) {
      BuildException e = refused(check(true), drv);

      Path kept = folder.resolve("checks").resolve(out + ".check");
      assertTrue(e.getMessage().endsWith(" differs from '" + kept + "'"), e.getMessage());
      assertEquals(content, Files.readString(kept));
      assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
    }
  }

  @Test
  void aContentAddressedOutputThatComesOutElsewhereDiffers() throws Exception {
    StorePath drv =
        shop.draft("floating")
            .floating("out")
            .env("path", Placeholders.ofOutput("out"))
            .add(
                run -> {
                  Files.writeString(
                      run.job().outputDir().resolve(name(run)), "x".repeat(runs.incrementAndGet()));
                  return 0;
                });
    shop.out(drv);

    assertEquals(104, refused(check(false), drv).exitStatus());
  }

  /** The scratch path, which the placeholder in a variable has become. */
  private static String name(Workshop.Run run) {
    String path = run.env("path");
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Test
  void whatIsNotThereCannotBeChecked() {
    StorePath drv = shop.draft("absent").add(this::count);

    assertEquals(
        "some outputs of '" + shop.print(drv) + "' are not valid, so checking is not possible",
        refused(check(false), drv).getMessage());
    assertEquals(0, runs.get());
  }

  @Test
  void hooksSeeWhatIsThereAndTheirFailureIsTold() throws Exception {
    Path seen = folder.resolve("seen");
    Path hook =
        program("hook", "echo \"$DRV_PATH $OUT_PATHS $NIX_CONFIG\" > " + seen + "; echo said");
    StorePath drv = shop.draft("built").add(this::count);
    BuildSettings settings =
        TestSettings.hooks(
            BuildMode.NORMAL, new Hooks(Optional.of(hook.toString()), Optional.empty(), "a = b"));

    StorePath out = shop.realise(settings, drv).get(drv).get("out");

    assertEquals(shop.print(drv) + " " + shop.print(out) + " a = b\n", Files.readString(seen));
    assertTrue(shop.events.contains(new BuildEvent.HookLine(drv, "said")));

    Path failing = program("failing", "exit 3");
    StorePath other = shop.draft("other").add(this::count);
    assertEquals(
        "program '" + failing + "' failed with exit code 3",
        refused(
                TestSettings.hooks(
                    BuildMode.NORMAL,
                    new Hooks(Optional.of(failing.toString()), Optional.empty(), "")),
                other)
            .getMessage());
    assertTrue(shop.realise(other).get(other).containsKey("out"));
  }

  @Test
  void theDiffHookGetsBothOutputs() throws Exception {
    Path seen = folder.resolve("seen");
    Path hook = program("diff", "echo \"$@\" > " + seen + "; cat \"$2\"");
    StorePath drv = shop.draft("differs").add(this::count);
    StorePath out = shop.out(drv);

    refused(
        TestSettings.hooks(
            BuildMode.CHECK, new Hooks(Optional.empty(), Optional.of(hook.toString()), "")),
        drv);

    String[] words = Files.readString(seen).strip().split(" ");
    assertEquals(folder.resolve("mount").resolve(out.toString()).toString(), words[0]);
    assertEquals(folder.resolve("checks").resolve(out + ".check").toString(), words[1]);
    assertEquals(shop.print(drv), words[2]);
    assertTrue(shop.events.contains(new BuildEvent.Message(drv, "xx")));
  }

  private Path program(String name, String script) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
