package org.buildchain.language.eval;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.language.EvalHost;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.StorePath;

/**
 * Facts in words: the kind of question, what it was about, the answer. They are read again in the
 * same build only.
 */
final class ToldFact extends Fact {
  private static final String ENVIRONMENT = "environment";

  private final String kind;
  private final String subject;
  private final String answer;

  private ToldFact(String kind, String subject, String answer) {
    super(0);
    this.kind = kind;
    this.subject = subject;
    this.answer = answer;
  }

  /** The words for what the host answered, if it is something that can be asked again. */
  static Optional<List<String>> words(String kind, Object subject, Object answer) {
    return switch (kind) {
      case "type", "link", ENVIRONMENT, "system", "search path", "valid", "references", "added" ->
          Optional.of(List.of(kind, subject.toString(), text(kind, answer)));
      default -> Optional.empty();
    };
  }

  /**
   * The fact that these words tell.
   *
   * @param number of the message, if it is one
   * @throws FormatException if they tell none
   */
  static Fact of(List<String> words, int number) {
    if (words.size() < 3) {
      throw new FormatException("kept answer", "a fact has three words or more");
    }
    String kind = words.getFirst();
    String subject = words.get(1);
    return switch (kind) {
      case "file", "folder" ->
          new ContentFact(
              0,
              subject,
              ContentFact.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
              Hash.parse(words.get(2), Optional.of(HashAlgorithm.SHA256)),
              stamp(words, 3));
      case "copied" -> copied(words);
      case Said.KIND -> new Said(0, number, level(subject), words.get(2));
      case "valid", "references", "added" -> {
        StorePath.parse(subject);
        yield new ToldFact(kind, subject, words.get(2));
      }
      default -> new ToldFact(kind, subject, words.get(2));
    };
  }

  private static EvalHost.Level level(String name) {
    try {
      return EvalHost.Level.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new FormatException("kept answer", "no such kind of message: " + name);
    }
  }

  private static Optional<Object> stamp(List<String> words, int at) {
    return at < words.size() && !words.get(at).isEmpty()
        ? Optional.of(new Stamp(words.get(at)))
        : Optional.empty();
  }

  private static Fact copied(List<String> words) {
    Map<String, Optional<Object>> stamps = new HashMap<>();
    for (int i = 2; i + 1 < words.size(); i += 2) {
      stamps.put(words.get(i), stamp(words, i + 1));
    }
    return new CopiedFact(StorePath.parse(words.get(1)), stamps);
  }

  /** A stamp of another process, known by its text. */
  record Stamp(String text) {
    /** Whether a stamp taken now is the known one; either may be told. */
    static boolean same(Optional<Object> now, Optional<Object> known) {
      return now.isPresent()
          && known.isPresent()
          && (known.get() instanceof Stamp s
              ? s.text.equals(now.get().toString())
              : known.equals(now));
    }

    /** The words for a stamp, nothing for none. */
    static String words(Optional<Object> stamp) {
      return stamp.map(s -> s instanceof Stamp told ? told.text : s.toString()).orElse("");
    }
  }

  /** The places of the answer to a question of some kind. */
  static List<EvalHost.Place> places(String kind, Object subject) {
    return kind.equals("type") || kind.equals("link")
        ? List.of(new EvalHost.Place(subject.toString(), false))
        : List.of();
  }

  @Override
  List<EvalHost.Place> places() {
    return places(kind, subject);
  }

  @Override
  boolean holds(EvalHost host) throws IOException {
    return text(kind, ask(host)).equals(answer);
  }

  @Override
  Optional<List<String>> told() {
    return Optional.of(List.of(kind, subject, answer));
  }

  private Object ask(EvalHost host) throws IOException {
    return switch (kind) {
      case "type" -> host.typeOf(subject);
      case "link" -> host.readLink(subject);
      case ENVIRONMENT -> host.environment(subject);
      case "system" -> host.currentSystem();
      case "search path" -> host.searchPath();
      case "valid" -> host.isValid(StorePath.parse(subject));
      case "references" -> host.references(StorePath.parse(subject));
      case "added" -> host.isKept(StorePath.parse(subject));
      default -> throw new IOException("no such question: " + kind);
    };
  }

  private static String text(String kind, Object answer) {
    String text =
        switch (answer) {
          case Optional<?> o -> o.map(v -> "=" + v).orElse("-");
          case List<?> entries -> entries(entries);
          case SortedSet<?> paths ->
              String.join(" ", paths.stream().map(Object::toString).toList());
          default -> answer.toString();
        };
    // What stands in variables may be secret.
    return kind.equals(ENVIRONMENT)
        ? Hash.of(HashAlgorithm.SHA256, Octets.bytes(text)).encode(Hash.Format.NIX32)
        : text;
  }

  private static String entries(List<?> entries) {
    StringBuilder all = new StringBuilder();
    for (Object entry : entries) {
      if (entry instanceof Map.Entry<?, ?> e) {
        for (Object part : List.of(e.getKey(), e.getValue())) {
          all.append(part.toString().length()).append(':').append(part);
        }
      }
    }
    return all.toString();
  }
}
