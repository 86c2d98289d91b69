package org.buildchain.daemon.command;

import java.nio.file.Path;
import java.time.Duration;

/** The daemon's parts, as commands see them. */
public interface Services {
  /** The store's root folder. */
  Path root();

  /** The version of this build. */
  String version();

  /** How long the daemon has run. */
  Duration uptime();

  /** How many commands run now. */
  int running();
}
