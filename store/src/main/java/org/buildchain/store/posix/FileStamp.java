package org.buildchain.store.posix;

import java.time.Clock;

/**
 * What {@code statx} says of a file that differs after any change of it: content, entries and
 * target change both times, another file in its place has another inode. A change within the
 * clock's granularity of the one before can leave the times as they are, so a stamp says nothing of
 * a file that was changed just before it was taken.
 *
 * @param device major and minor number
 * @param mode type and permissions
 * @param size in bytes
 * @param modifiedSeconds since 1970
 * @param changedSeconds of the last change of content, name, owner or permissions; nothing that a
 *     user may do sets it back
 */
public record FileStamp(
    long device,
    long inode,
    short mode,
    long size,
    long modifiedSeconds,
    int modifiedNanos,
    long changedSeconds,
    int changedNanos) {
  private static final long SETTLED_SECONDS = 2;

  // Written out: the JVM would make a dozen classes for these when a first evaluation calls them.
  @Override
  public boolean equals(Object o) {
    return o instanceof FileStamp s
        && changedNanos == s.changedNanos
        && changedSeconds == s.changedSeconds
        && modifiedNanos == s.modifiedNanos
        && modifiedSeconds == s.modifiedSeconds
        && size == s.size
        && mode == s.mode
        && inode == s.inode
        && device == s.device;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(inode * 31 + changedSeconds) * 31 + changedNanos;
  }

  /** All of it: another stamp has another text. */
  @Override
  public String toString() {
    return device
        + " "
        + inode
        + " "
        + mode
        + " "
        + size
        + " "
        + modifiedSeconds
        + " "
        + modifiedNanos
        + " "
        + changedSeconds
        + " "
        + changedNanos;
  }

  /** Whether any change since it was taken shows, in a stamp that is taken after. */
  public boolean isSettled(Clock clock) {
    return changedSeconds + SETTLED_SECONDS < clock.instant().getEpochSecond();
  }
}
