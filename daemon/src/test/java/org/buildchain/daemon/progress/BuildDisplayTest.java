package org.buildchain.daemon.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;
import org.junit.jupiter.api.Test;

class BuildDisplayTest {
  private static final long SECOND = 1_000_000_000L;
  private static final StorePath A = path('0', "hello-2.10.drv");
  private static final StorePath B = path('1', "zlib.drv");
  private static final StorePath C = path('2', "a-package-with-a-long-name-1.2.3.drv");

  private static StorePath path(char first, String name) {
    return new StorePath(first + "123456789abcdfghijklmnpqrsvwxyz", name);
  }

  private static BuildEvent finished(StorePath p) {
    return new BuildEvent.Finished(p, new TreeMap<>());
  }

  @Test
  void oneLineSaysWhatBuildsForHowLongAndHowManyAreDone() {
    BuildState state = new BuildState();
    state.take(new BuildEvent.Planned(List.of(A, B, C)), 0);
    assertEquals("", StatusText.render(state.snapshot(), 0, 80));
    state.take(new BuildEvent.Started(A, BuildMode.NORMAL), SECOND);
    state.take(new BuildEvent.Started(B, BuildMode.NORMAL), 2 * SECOND);
    assertEquals(
        "[0/3] hello-2.10 (11s), zlib (10s)", StatusText.render(state.snapshot(), 12 * SECOND, 80));
    state.take(new BuildEvent.Phase(A, "buildPhase"), 12 * SECOND);
    state.take(finished(B), 13 * SECOND);
    assertEquals(
        "[1/3] hello-2.10 (1m40s, buildPhase)",
        StatusText.render(state.snapshot(), 101 * SECOND, 80));
    state.take(new BuildEvent.Failed(A, Optional.empty()), 14 * SECOND);
    state.take(new BuildEvent.Started(C, BuildMode.NORMAL), 14 * SECOND);
    assertEquals(
        "[1/3, 1 failed] a-package-with-a-long-name-1.2.3 (2h3m)",
        StatusText.render(state.snapshot(), (14 + 2 * 3600 + 3 * 60) * SECOND, 80));
  }

  @Test
  void narrowTerminalsGetLessAndNeverAWrappedLine() {
    BuildState state = new BuildState();
    state.take(new BuildEvent.Planned(List.of(A, B, C)), 0);
    state.take(new BuildEvent.Started(A, BuildMode.NORMAL), 0);
    state.take(new BuildEvent.Started(B, BuildMode.NORMAL), 0);
    state.take(new BuildEvent.Started(C, BuildMode.NORMAL), 0);
    assertEquals(
        "[0/3] hello-2.10 (0s), zlib (0s) and 1 more", StatusText.render(state.snapshot(), 0, 60));
    assertEquals("[0/3] hello-2.10 (0s) and 2 more", StatusText.render(state.snapshot(), 0, 36));
    for (int columns = 1; columns < 100; columns++) {
      String line = StatusText.render(state.snapshot(), 0, columns);
      assertTrue(line.length() < Math.max(columns, 20), line);
    }
  }

  @Test
  void withoutATerminalThereArePlainLines() {
    List<String> lines = new ArrayList<>();
    BuildDisplay.Screen screen =
        new BuildDisplay.Screen() {
          @Override
          public void note(String octets) {
            lines.add(octets);
          }

          @Override
          public void error(String octets) {
            lines.add("error: " + octets);
          }

          @Override
          public void status(String text) {
            lines.add("status");
          }
        };
    try (BuildDisplay display =
        new BuildDisplay(
            screen, StoreDir.DEFAULT, BuildDisplay.Logs.NAMED, false, () -> 80, () -> 0)) {
      display.on(new BuildEvent.Planned(List.of(B)));
      display.on(new BuildEvent.Started(B, BuildMode.NORMAL));
      display.on(new BuildEvent.LogLine(B, "checking"));
      display.on(new BuildEvent.Failed(B, Optional.of("it failed")));
    }
    assertEquals(
        List.of(
            "this derivation will be built:",
            "  /nix/store/" + B,
            "building '/nix/store/" + B + "'...",
            "zlib> checking",
            "error: it failed"),
        lines);
  }
}
