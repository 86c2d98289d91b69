package org.buildchain.language.error;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.buildchain.language.syntax.Pos;

/**
 * An evaluation that failed. The message is Nix's; the trace grows, innermost first, while the
 * exception passes through what was being evaluated.
 */
public final class EvalException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What failed; {@code tryEval} catches only the first two. */
  public enum Kind {
    THROW,
    ASSERTION,
    ABORT,
    SYNTAX,
    TYPE,
    UNDEFINED_VARIABLE,
    MISSING_ATTRIBUTE,
    INFINITE_RECURSION,
    RESTRICTED,
    OTHER
  }

  /**
   * A line of the trace.
   *
   * @param always whether it is shown however long the trace is
   */
  public record Frame(Pos pos, String text, boolean always) {}

  private final Kind kind;
  private int exitStatus = 1;
  private transient Pos pos;
  private final transient List<String> suggestions;
  private final transient List<Frame> frames = new ArrayList<>();

  /**
   * A failure with an empty trace.
   *
   * @param pos {@link Pos#NONE} if there is no place
   * @param message Nix's, an octet string
   */
  public EvalException(Kind kind, Pos pos, String message) {
    this(kind, pos, message, List.of());
  }

  /**
   * The same.
   *
   * @param suggestions names that may have been meant, the likeliest first
   */
  public EvalException(Kind kind, Pos pos, String message, List<String> suggestions) {
    super(message, null, false, false);
    this.kind = kind;
    this.pos = pos;
    this.suggestions = suggestions;
  }

  /** A failure of kind {@link Kind#TYPE} without a place. */
  public static EvalException type(String message) {
    return new EvalException(Kind.TYPE, Pos.NONE, message);
  }

  /** A failure of kind {@link Kind#OTHER} without a place. */
  public static EvalException other(String message) {
    return new EvalException(Kind.OTHER, Pos.NONE, message);
  }

  /** What an exhausted stack is reported as. */
  public static EvalException stackOverflow(Pos at) {
    return new EvalException(Kind.OTHER, at, "stack overflow (possible infinite recursion)");
  }

  /** What a value that needs itself is reported as. */
  public static EvalException infiniteRecursion(Pos at) {
    return new EvalException(Kind.INFINITE_RECURSION, at, "infinite recursion encountered");
  }

  /** The same failure once more, to be thrown where more is added to its trace. */
  public EvalException again() {
    EvalException other = new EvalException(kind, pos, getMessage(), suggestions);
    other.exitStatus = exitStatus;
    other.frames.addAll(frames);
    return other;
  }

  /**
   * Whether the expression fails for reasons of its own: it does so again while what it has read
   * stays. Of what was refused, has run out or has a limit nobody knows.
   */
  public boolean isOfExpression() {
    return switch (kind) {
      case THROW, ASSERTION, ABORT, SYNTAX, TYPE, UNDEFINED_VARIABLE, MISSING_ATTRIBUTE -> true;
      case INFINITE_RECURSION, RESTRICTED, OTHER -> false;
    };
  }

  /** Has the command end with another status than 1. */
  public EvalException exitStatus(int status) {
    exitStatus = status;
    return this;
  }

  /** The status with which the command ends, as Nix has them: 102 for a wrong hash. */
  public int exitStatus() {
    return exitStatus;
  }

  /** Why it failed. */
  public Kind kind() {
    return kind;
  }

  /** Where it failed. */
  public Pos pos() {
    return pos;
  }

  /** Names that were perhaps meant. */
  public List<String> suggestions() {
    return suggestions;
  }

  /** The trace, innermost first. */
  public List<Frame> frames() {
    return Collections.unmodifiableList(frames);
  }

  /** Adds what was being evaluated around the failure. */
  public EvalException trace(Pos at, String text) {
    return trace(new Frame(at, text, false));
  }

  /** Adds a line that is shown however long the trace is ({@code builtins.addErrorContext}). */
  public EvalException traceAlways(Pos at, String text) {
    return trace(new Frame(at, text, true));
  }

  private EvalException trace(Frame frame) {
    // A runaway recursion would otherwise keep a line for each of its levels.
    if (frames.size() < 100_000) {
      frames.add(frame);
    }
    return this;
  }

  /** Takes back what was added last if it is this. */
  public EvalException untrace(String text) {
    if (!frames.isEmpty() && frames.getLast().text().equals(text)) {
      frames.removeLast();
    }
    return this;
  }

  /** Gives the failure a place if it has none. */
  public EvalException at(Pos place) {
    if (!pos.isKnown()) {
      pos = place;
    }
    return this;
  }
}
