package org.buildchain.daemon.evaluation;

import java.util.List;
import org.buildchain.language.error.EvalException;

/** How the question of a whole command ended. */
sealed interface Answered {
  /** With these lines. */
  record Well(List<String> lines) implements Answered {}

  /** With a failure that was kept; it is thrown again and again, each time as a copy. */
  record Failed(EvalException failure) implements Answered {}
}
