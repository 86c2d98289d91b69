package org.buildchain.fuse;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The ways to mount, by the names that the setting {@code mount-route} has for them. */
public enum MountRoute {
  /** The kernel's protocol where the device can be had directly, otherwise libfuse. */
  AUTO,
  /** The kernel's protocol, without a library. */
  DIRECT,
  /** libfuse 2, through jnr-fuse. */
  JNR_FUSE;

  /** The route of this name, if there is one. */
  public static Optional<MountRoute> named(String name) {
    return Arrays.stream(values()).filter(r -> r.toString().equals(name)).findFirst();
  }

  /** The names of all. */
  public static List<String> names() {
    return Arrays.stream(values()).map(MountRoute::toString).toList();
  }

  /** Mounts by this route. */
  public MountProvider provider() {
    return switch (this) {
      case DIRECT -> new DirectMountProvider();
      case JNR_FUSE -> new JnrMountProvider();
      case AUTO -> {
        MountProvider direct = new DirectMountProvider();
        MountProvider libfuse = new JnrMountProvider();
        // Where both lack something, the direct route says what.
        yield !direct.probe().isEmpty() && libfuse.probe().isEmpty() ? libfuse : direct;
      }
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
