package org.buildchain.derivation.realise.schedule;

import java.util.concurrent.Semaphore;

/**
 * Where builders may run: so many at a time on this machine, whoever asked for them; a caller that
 * wants more adds to them for as long as it builds.
 */
public final class Places extends Semaphore {
  private static final long serialVersionUID = 1;

  private final int usual;

  /**
   * @param usual how many run at a time unless a caller wants more; one at least, since a build
   *     outlives the caller for whom it began while others wait for it
   */
  public Places(int usual) {
    super(Math.max(1, usual), true);
    this.usual = Math.max(1, usual);
  }

  /** What a caller has added; it goes again with {@link #close}. */
  public interface Extra extends AutoCloseable {
    @Override
    void close();
  }

  /** Makes room for a caller that wants {@code jobs} at a time. */
  public Extra atLeast(int jobs) {
    int more = Math.max(0, jobs - usual);
    release(more);
    return () -> reducePermits(more);
  }
}
