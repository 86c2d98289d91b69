package org.buildchain.fuse;

/**
 * How a view is mounted.
 *
 * @param everyone whether other users than the mounting one may look in. Needs root, or {@code
 *     user_allow_other} in {@code /etc/fuse.conf}
 * @param threads how many requests are answered at once, at least 1. A request that waits for the
 *     disk occupies one; as many as there are processors answer what needn't wait
 */
public record MountOptions(boolean everyone, int threads) {
  public MountOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("a mount needs a thread at least, not " + threads);
    }
  }
}
