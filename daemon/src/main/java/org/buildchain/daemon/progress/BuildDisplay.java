package org.buildchain.daemon.progress;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildMode;
import org.buildchain.derivation.site.Substituter;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * Shows what happens while derivations are realised: plain lines as Nix has them, and on a terminal
 * a line below them that says what builds now, redrawn ten times a second. Close it when the builds
 * are over.
 */
public final class BuildDisplay implements BuildEvent.Listener, AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(100);

  /** What is shown of what builders print. */
  public enum Logs {
    NONE,
    /** Each line as it is. */
    PLAIN,
    /** Each line with the derivation's name before it. */
    NAMED
  }

  /** Where lines go. */
  public interface Screen {
    /** A line that stays. */
    void note(String octets);

    /** One that only says what is being done. */
    default void progress(String octets) {
      note(octets);
    }

    /** An error that stays. */
    void error(String octets);

    /** The line below those that stay, replaced each time; empty for none. */
    void status(String text);
  }

  private final Screen screen;
  private final StoreDir dir;
  private final Logs logs;
  private final LongSupplier clock;
  private final BuildState state = new BuildState();
  private final Thread painter;
  private final boolean live;

  /**
   * @param logs what is shown of builders' output as it comes
   * @param live whether to keep a status line
   * @param columns the terminal's width, asked for at each redraw
   * @param clock nanoseconds
   */
  public BuildDisplay(
      Screen screen,
      StoreDir dir,
      Logs logs,
      boolean live,
      IntSupplier columns,
      LongSupplier clock) {
    this.screen = screen;
    this.dir = dir;
    this.logs = logs;
    this.live = live;
    this.clock = clock;
    this.painter = Thread.ofVirtual().name("bc-status").unstarted(() -> paint(columns));
    if (live) {
      painter.start();
    }
  }

  private void paint(IntSupplier columns) {
    try {
      while (true) {
        Thread.sleep(REDRAW);
        screen.status(StatusText.render(state.snapshot(), clock.getAsLong(), columns.getAsInt()));
      }
    } catch (InterruptedException e) {
      screen.status("");
    }
  }

  @Override
  public void on(BuildEvent event) {
    state.take(event, clock.getAsLong());
    switch (event) {
      case BuildEvent.Planned p -> planned(p.derivations());
      case BuildEvent.Fetching f -> willFetch(screen, dir, f.offers());
      case BuildEvent.Note n -> screen.note(n.text());
      case BuildEvent.Started s -> {
        if (!live) {
          String what = s.mode() == BuildMode.CHECK ? "checking outputs of '" : "building '";
          String where = s.machine().map(m -> " on '" + m + "'").orElse("");
          screen.progress(what + dir.print(s.derivation()) + "'" + where + "...");
        }
      }
      case BuildEvent.LogLine l -> {
        if (logs != Logs.NONE) {
          String name = logs == Logs.NAMED ? BuildState.name(l.derivation()) + "> " : "";
          screen.note(name + l.line());
        }
      }
      case BuildEvent.HookLine h -> {
        if (logs != Logs.NONE) {
          screen.note("post-build-hook: " + h.line());
        }
      }
      case BuildEvent.Message m -> screen.note(m.text());
      case BuildEvent.Failed f -> f.message().ifPresent(screen::error);
      case BuildEvent.Phase p -> {}
      case BuildEvent.Finished f -> {}
    }
  }

  private void planned(List<StorePath> derivations) {
    willBuild(screen, dir, derivations);
  }

  /** Lists what is to be built, in Nix's words. */
  public static void willBuild(Screen screen, StoreDir dir, List<StorePath> derivations) {
    if (derivations.isEmpty()) {
      return;
    }
    screen.progress(
        derivations.size() == 1
            ? "this derivation will be built:"
            : "these " + derivations.size() + " derivations will be built:");
    derivations.forEach(d -> screen.progress("  " + dir.print(d)));
  }

  /** Lists what is to be fetched, in Nix's words. */
  public static void willFetch(Screen screen, StoreDir dir, List<Substituter.Offer> offers) {
    if (offers.isEmpty()) {
      return;
    }
    String sizes =
        " ("
            + mebibytes(offers.stream().mapToLong(Substituter.Offer::downloadSize).sum())
            + " download, "
            + mebibytes(offers.stream().mapToLong(Substituter.Offer::narSize).sum())
            + " unpacked):";
    screen.progress(
        offers.size() == 1
            ? "this path will be fetched" + sizes
            : "these " + offers.size() + " paths will be fetched" + sizes);
    offers.stream()
        .map(Substituter.Offer::path)
        .sorted()
        .forEach(p -> screen.progress("  " + dir.print(p)));
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MiB", bytes / 1048576.0);
  }

  /** Takes the status line away. */
  @Override
  public void close() {
    if (!live) {
      return;
    }
    painter.interrupt();
    boolean interrupted = false;
    while (painter.isAlive()) {
      try {
        painter.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
