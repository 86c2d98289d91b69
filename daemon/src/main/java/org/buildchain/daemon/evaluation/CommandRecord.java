package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.Evaluator;

/**
 * What a running command takes from the world besides its request, noted by its own thread. Only a
 * command that says so at its end has noted all.
 */
public final class CommandRecord {
  /** Something about the machine's files that the command has looked at. */
  public interface Condition {
    /** The files: while they stay as they are, it holds. */
    List<EvalHost.Place> places();

    /** Whether it is still as the command has found it; an exception says no. */
    boolean holds() throws IOException;
  }

  /**
   * An answer that an evaluation gave.
   *
   * @param world as it was seen
   */
  record Answer(Evaluator evaluator, List<String> question, StoreEvalHost world) {}

  private final List<Condition> conditions = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private boolean other;
  private boolean complete;

  /** Notes a look at files. */
  public void rests(Condition condition) {
    conditions.add(condition);
  }

  /** Notes an answer. */
  void rests(Answer answer) {
    answers.add(answer);
  }

  /** The command takes something that is not noted. */
  public void takesMore() {
    other = true;
  }

  /** All that the command does, besides what is noted, is to print what follows from that. */
  public void completes() {
    complete = true;
  }

  /** Whether all of it is known. */
  boolean isComplete() {
    return complete && !other;
  }

  List<Condition> conditions() {
    return List.copyOf(conditions);
  }

  List<Answer> answers() {
    return List.copyOf(answers);
  }
}
