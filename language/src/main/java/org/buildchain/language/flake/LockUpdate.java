package org.buildchain.language.flake;

import java.util.Optional;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.host.HostReads;

/** Decides what becomes of a lock file that says something else than the inputs that were found. */
final class LockUpdate {
  private final Evaluator ev;
  private final FlakeRef flake;
  private final LockOptions options;

  /**
   * @param flake as the user named it
   */
  LockUpdate(Evaluator ev, FlakeRef flake, LockOptions options) {
    this.ev = ev;
    this.flake = flake;
    this.options = options;
  }

  /**
   * Looks what is to be done.
   *
   * @param file the flake as it was read
   * @param during what the trace of an error says
   * @return whether the flake counts as changed: its lock file would have to be written, and is not
   * @throws EvalException if the file must not or cannot change
   * @throws LockNeeded if it is to be written
   */
  boolean from(LockNode old, LockNode now, FlakeFile file, String during) {
    boolean same = LockFile.content(now).equals(LockFile.content(old));
    if (same && options.output().isEmpty()) {
      return false;
    }
    String changes = LockFile.changes(old, now);
    if (!options.write()) {
      warn("not writing modified lock file of flake '" + flake + "':\n" + changes);
      return true;
    }
    EvalHost.LockState state = ev.host().lockState(flake.input());
    if (state == EvalHost.LockState.NOWHERE && options.output().isEmpty()) {
      throw EvalException.other(
          "cannot write modified lock file of flake '"
              + flake
              + "' (use '--no-write-lock-file' to ignore)");
    }
    Optional<FlakeRef> loose = LockFile.unlocked(now);
    if (loose.isPresent()) {
      String why = " because it has an unlocked input ('" + loose.get() + "')";
      if (options.strict()) {
        throw EvalException.other(
            "Will not write lock file of flake '"
                + flake
                + "'"
                + why
                + ". Use '--allow-dirty-locks' to allow this anyway.");
      }
      warn("will not write lock file of flake '" + flake + "'" + why);
    } else if (!options.update()) {
      throw EvalException.other(
          "flake '"
              + flake
              + "' requires lock file changes but they're not allowed due to"
              + " '--no-update-lock-file'");
    } else if (options.commit() && options.output().isPresent()) {
      throw EvalException.other("'--commit-lock-file' and '--output-lock-file' are incompatible");
    } else if (state != EvalHost.LockState.WRITTEN) {
      String dir = flake.dir().isEmpty() ? "" : flake.dir() + "/";
      throw new LockNeeded(
          new LockNeeded.Change(
              flake.input(),
              options.output().orElse(dir + "flake.lock"),
              new HostReads(ev.host()).file(file.folder() + "/flake.nix"),
              LockText.of(now),
              changes,
              options.commit(),
              during));
    }
    return false;
  }

  private void warn(String text) {
    ev.host().message(EvalHost.Level.WARNING, text);
  }
}
