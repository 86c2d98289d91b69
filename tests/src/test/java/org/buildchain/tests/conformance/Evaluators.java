package org.buildchain.tests.conformance;

import java.util.List;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.EvalException;
import org.buildchain.language.eval.EvalSettings;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** Evaluators as the conformance runs need them. */
final class Evaluators {
  private Evaluators() {}

  static Evaluator create(EvalHost host, EvalSettings settings, List<String> features) {
    return new Evaluator(host, settings, List.of(), ev -> List.of());
  }

  static String xml(Evaluator ev, Value v, boolean strict, boolean location) {
    throw EvalException.other("no XML yet");
  }
}
