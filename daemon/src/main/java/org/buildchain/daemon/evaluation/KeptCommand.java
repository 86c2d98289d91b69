package org.buildchain.daemon.evaluation;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.buildchain.daemon.host.StoreEvalHost;
import org.buildchain.language.EvalHost;
import org.buildchain.language.eval.Evaluator;
import org.buildchain.language.eval.Standing;

/**
 * What a command has sent to its caller, and what that came from: the same request gets the same
 * reply while all of it is so. Any thread may ask.
 */
final class KeptCommand {
  private final byte[] reply;
  private final List<Rest> rests;
  private final Optional<EvalHost.Stamps> stamps;
  private final List<CommandRecord.Condition> unstamped;

  /**
   * What one answer came from.
   *
   * @param world what is asked about it
   * @param evaluator what gave it, unless that was dropped
   */
  private record Rest(Standing standing, StoreEvalHost world, WeakReference<Evaluator> evaluator) {}

  private KeptCommand(
      byte[] reply,
      List<Rest> rests,
      Optional<EvalHost.Stamps> stamps,
      List<CommandRecord.Condition> unstamped) {
    this.reply = reply;
    this.rests = rests;
    this.stamps = stamps;
    this.unstamped = unstamped;
  }

  /**
   * Keeps a command that has ended; empty if it can't be known whether it would end so again. To be
   * called when its evaluators watch its answers.
   */
  static Optional<KeptCommand> of(byte[] reply, CommandRecord record) {
    List<Rest> rests = new ArrayList<>();
    for (CommandRecord.Answer answer : record.answers()) {
      Optional<Standing> standing = Standing.of(answer.evaluator(), answer.question());
      if (standing.isEmpty()) {
        return Optional.empty();
      }
      rests.add(
          new Rest(
              standing.get(), answer.world().forLater(), new WeakReference<>(answer.evaluator())));
    }
    return rests.isEmpty() ? Optional.empty() : of(reply, rests, record.conditions());
  }

  private static Optional<KeptCommand> of(
      byte[] reply, List<Rest> rests, List<CommandRecord.Condition> conditions) {
    List<EvalHost.Place> places = new ArrayList<>();
    conditions.forEach(c -> places.addAll(c.places()));
    Optional<EvalHost.Stamps> stamps = rests.getFirst().world().stamps(places);
    List<CommandRecord.Condition> unstamped = new ArrayList<>();
    int place = 0;
    for (CommandRecord.Condition condition : conditions) {
      boolean stamped = stamps.isPresent();
      int end = place + condition.places().size();
      for (int i = place; i < end; i++) {
        stamped = stamped && stamps.get().tells(i);
      }
      // Asked after the stamps were taken: then they are of what the command has found.
      if (!holds(condition)) {
        return Optional.empty();
      }
      if (!stamped) {
        unstamped.add(condition);
        for (int i = place; i < end && stamps.isPresent(); i++) {
          stamps.get().ignore(i);
        }
      }
      place = end;
    }
    return Optional.of(new KeptCommand(reply, rests, stamps, List.copyOf(unstamped)));
  }

  private static boolean holds(CommandRecord.Condition condition) {
    try {
      return condition.holds();
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Whether the command would end as it did. */
  boolean holds() {
    if (stamps.isPresent() && !stamps.get().differing().isEmpty()) {
      return false;
    }
    for (CommandRecord.Condition condition : unstamped) {
      if (!holds(condition)) {
        return false;
      }
    }
    for (Rest rest : rests) {
      if (!rest.standing().holds(rest.world())) {
        return false;
      }
    }
    return true;
  }

  /** Whether it came from this evaluator. */
  boolean isOf(Evaluator ev) {
    for (Rest rest : rests) {
      if (rest.evaluator().refersTo(ev)) {
        return true;
      }
    }
    return false;
  }

  /** What the caller is sent. */
  byte[] reply() {
    return reply.clone();
  }
}
