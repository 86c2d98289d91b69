package org.buildchain.derivation.realise;

import java.util.List;
import org.buildchain.derivation.site.BuildException;
import org.buildchain.derivation.site.BuildExit;

/** The words for builds that failed: Nix's. */
final class Failures {
  private Failures() {}

  /**
   * A builder did not end well.
   *
   * @param outputs the outputs' names, with commas between
   */
  static BuildException of(
      String label, String outputs, BuildExit exit, boolean pure, LogLines log) {
    return switch (exit) {
      case BuildExit.Exited e ->
          new BuildException(
              "builder for '" + label + "' failed with exit code " + e.status() + tail(label, log),
              pure ? 100 : 1);
      case BuildExit.Killed k ->
          new BuildException(
              "builder for '"
                  + label
                  + "' failed due to signal "
                  + k.signal()
                  + " ("
                  + signal(k.signal())
                  + ")"
                  + tail(label, log),
              pure ? 100 : 1);
      case BuildExit.LimitExceeded l ->
          new BuildException(
              "building of '" + label + "^" + outputs + "' from .drv file " + l.limit(),
              l.limit().startsWith("timed out") ? 101 : 1);
    };
  }

  private static String tail(String label, LogLines log) {
    List<String> lines = log.tail();
    if (lines.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder(";").append(BuildException.INDENT);
    out.append("last ").append(lines.size()).append(" log lines:");
    lines.forEach(l -> out.append(BuildException.INDENT).append("> ").append(l));
    return out.append(BuildException.INDENT)
        .append("For full logs, run 'bc log ")
        .append(label)
        .append("'.")
        .toString();
  }

  private static String signal(int number) {
    return switch (number) {
      case 1 -> "Hangup";
      case 2 -> "Interrupt";
      case 3 -> "Quit";
      case 4 -> "Illegal instruction";
      case 5 -> "Trace/breakpoint trap";
      case 6 -> "Aborted";
      case 7 -> "Bus error";
      case 8 -> "Floating point exception";
      case 9 -> "Killed";
      case 10 -> "User defined signal 1";
      case 11 -> "Segmentation fault";
      case 12 -> "User defined signal 2";
      case 13 -> "Broken pipe";
      case 14 -> "Alarm clock";
      case 15 -> "Terminated";
      case 24 -> "CPU time limit exceeded";
      case 25 -> "File size limit exceeded";
      case 31 -> "Bad system call";
      default -> "Unknown signal " + number;
    };
  }
}
