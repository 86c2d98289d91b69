package org.buildchain.derivation.realise;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.buildchain.derivation.DerivedPath;
import org.buildchain.derivation.site.BuildEvent;
import org.buildchain.derivation.site.BuildSettings;
import org.buildchain.store.path.StorePath;

/** Someone who asks a realiser for one derivation, in a thread of their own. */
final class Caller {
  private final Thread thread;
  private final LinkedBlockingQueue<BuildEvent> events = new LinkedBlockingQueue<>();
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<SortedMap<String, StorePath>> result = new CompletableFuture<>();

  Caller(Workshop shop, StorePath drv) {
    this(shop, Workshop.SETTINGS, List.of(drv));
  }

  /** One who asks for several; {@link #outputs} are those of the first. */
  Caller(Workshop shop, BuildSettings settings, List<StorePath> drvs) {
    this(shop, settings, drvs, event -> {});
  }

  /**
   * @param also is told of each event before the caller is
   */
  Caller(Workshop shop, BuildSettings settings, List<StorePath> drvs, BuildEvent.Listener also) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    List<DerivedPath> wanted = new ArrayList<>();
                    for (StorePath drv : drvs) {
                      wanted.add(new DerivedPath.Built(drv, Collections.emptySortedSet()));
                    }
                    BuildEvent.Listener both =
                        event -> {
                          also.on(event);
                          on(event);
                        };
                    result.complete(
                        shop.realiser.realise(wanted, settings, both).get(drvs.getFirst()));
                  } catch (Throwable e) {
                    result.completeExceptionally(e);
                  }
                });
  }

  private void on(BuildEvent event) {
    if (event instanceof BuildEvent.LogLine l) {
      lines.add(l.line());
    }
    events.add(event);
  }

  void interrupt() {
    thread.interrupt();
  }

  void awaitLine(String line) throws InterruptedException {
    while (!(events.take() instanceof BuildEvent.LogLine l && l.line().equals(line))) {
      // Other events come before it.
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  SortedMap<String, StorePath> outputs() throws Exception {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
