package org.buildchain.daemon.repl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.language.EvalHost;
import org.buildchain.language.error.EvalException;
import org.buildchain.language.eval.Attrs;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Value;

/** Completes variables, attributes behind a dot, and paths. */
final class NameCompletion implements Completion {
  /** Names that are in scope without being bound by anybody. */
  private static final List<String> KEYWORDS =
      List.of("assert", "else", "if", "in", "inherit", "let", "rec", "then", "with");

  private final Evaluator ev;
  private final Names names;

  NameCompletion(Evaluator ev, Names names) {
    this.ev = ev;
    this.names = names;
  }

  @Override
  public Candidates of(String line) {
    int start = Completion.start(line);
    String word = line.substring(start);
    List<String> found;
    if (word.contains("/")) {
      found = files(word);
    } else if (word.contains(".")) {
      found = attributes(word);
    } else {
      found = variables(word);
    }
    return new Candidates(line.substring(0, start), found);
  }

  private List<String> variables(String prefix) {
    List<String> found = new ArrayList<>();
    names.bound().forEach(n -> add(found, prefix, "", n));
    KEYWORDS.forEach(n -> add(found, prefix, "", n));
    Attrs builtins = ev.builtins();
    add(found, prefix, "", "builtins");
    for (int i = 0; i < builtins.size(); i++) {
      // Not all builtins have a name of their own, but all have this one.
      String name = builtins.name(i).name();
      add(found, prefix, "", prefix.startsWith("_") ? "__" + name : name);
    }
    found.removeIf(n -> !isBound(n));
    return found.stream().distinct().sorted().toList();
  }

  private boolean isBound(String name) {
    if (KEYWORDS.contains(name)) {
      return true;
    }
    try {
      names.check(name);
      return true;
    } catch (EvalException e) {
      return false;
    }
  }

  private static void add(List<String> to, String prefix, String before, String name) {
    if (name.startsWith(prefix)) {
      to.add(before + name);
    }
  }

  private List<String> attributes(String word) {
    int dot = word.lastIndexOf('.');
    String before = word.substring(0, dot);
    List<String> found = new ArrayList<>();
    try {
      if (names.eval(before) instanceof Attrs set) {
        for (int i : set.byName()) {
          add(found, word.substring(dot + 1), before + ".", set.name(i).name());
        }
      }
    } catch (EvalException e) {
      // What cannot be evaluated has no attributes.
    }
    return found;
  }

  private List<String> files(String word) {
    int slash = word.lastIndexOf('/');
    String folder = word.substring(0, slash + 1);
    String prefix = word.substring(slash + 1);
    List<String> found = new ArrayList<>();
    try {
      Value path = names.eval(folder.equals("/") ? "/." : folder + ".");
      EvalHost host = ev.host();
      for (String name : host.readDirectory(((Value.Path) path).path()).keySet()) {
        if (!name.startsWith(".")) {
          add(found, prefix, folder, name);
        }
      }
    } catch (EvalException | IOException | ClassCastException e) {
      // No folder that could be read.
    }
    return found;
  }
}
