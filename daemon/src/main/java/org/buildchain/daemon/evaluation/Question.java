package org.buildchain.daemon.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.host.EvalSettings;

/** Names what a command asks an evaluation for, so that different questions have other words. */
final class Question {
  private Question() {}

  /**
   * The words of a question.
   *
   * @param form what is done with the value
   */
  static List<String> of(List<String> form, Evaluation.Query query, EvalSettings settings) {
    List<String> words = new ArrayList<>();
    all(words, form);
    input(words, query.input());
    all(words, query.attributes());
    for (Evaluation.Argument a : query.arguments()) {
      all(words, List.of(a.name(), a.text(), Boolean.toString(a.string())));
    }
    words.add(query.folder());
    all(words, settings.access().allowedUris());
    all(words, settings.features().stream().sorted().toList());
    all(
        words,
        List.of(
            Boolean.toString(settings.showTrace()),
            Boolean.toString(settings.traceVerbose()),
            Boolean.toString(settings.abortOnWarn()),
            Integer.toString(settings.maxCallDepth()),
            Boolean.toString(settings.access().pure()),
            Boolean.toString(settings.access().restricted())));
    all(words, settings.lints().words());
    return List.copyOf(words);
  }

  private static void input(List<String> words, Evaluation.Input input) {
    switch (input) {
      case Evaluation.Input.File f -> all(words, List.of("file", f.path()));
      case Evaluation.Input.Flake f -> {
        all(words, List.of("flake", f.reference(), f.attribute(), f.kind().name()));
        all(words, f.locks().words());
        all(words, f.outputs().names());
        words.add(Boolean.toString(f.outputs().all()));
      }
      case Evaluation.Input.Attribute a -> {
        all(words, List.of("attribute", a.path(), Boolean.toString(a.outputs().all())));
        all(words, a.outputs().names());
        input(words, a.of());
      }
      case Evaluation.Input.Text t -> all(words, List.of("text", t.text(), t.folder()));
      case Evaluation.Input.Lookup l -> all(words, List.of("lookup", l.name()));
      case Evaluation.Input.Imported i -> {
        all(words, List.of("imported"));
        input(words, i.named());
      }
      case Evaluation.Input.Folder f -> {
        words.add("folder");
        all(words, List.copyOf(f.files().keySet()));
        all(words, List.copyOf(f.files().values()));
      }
      case Evaluation.Input.StandardInput s -> all(words, List.of("stdin", s.text(), s.folder()));
    }
  }

  private static void all(List<String> words, List<String> some) {
    words.add(Integer.toString(some.size()));
    words.addAll(some);
  }
}
