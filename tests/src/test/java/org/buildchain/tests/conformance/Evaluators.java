package org.buildchain.tests.conformance;

import java.util.List;
import org.buildchain.language.EvalHost;
import org.buildchain.language.builtins.Builtins;
import org.buildchain.language.builtins.XmlWriter;
import org.buildchain.language.eval.EvalSettings;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** Evaluators as the conformance runs need them. */
final class Evaluators {
  private Evaluators() {}

  static Evaluator create(EvalHost host, EvalSettings settings, List<String> features) {
    return Builtins.evaluator(host, settings);
  }

  static String xml(Evaluator ev, Value v, boolean strict, boolean location) {
    return new XmlWriter(ev, strict, location).document(v);
  }
}
