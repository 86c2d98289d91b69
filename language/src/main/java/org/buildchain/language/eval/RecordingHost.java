package org.buildchain.language.eval;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.OutputPaths;
import org.buildchain.language.EvalHost;
import org.buildchain.language.fetch.Input;
import org.buildchain.language.fetch.Registry;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.hash.HashAlgorithm;
import org.buildchain.store.path.IngestionMethod;
import org.buildchain.store.path.StoreDir;
import org.buildchain.store.path.StorePath;

/**
 * The world as the session's host shows it. Counts each answer to what the running computation has
 * read. Failures are not counted: they end the evaluation.
 */
final class RecordingHost implements EvalHost {
  private volatile Session session;
  private final Map<Object, Fact> facts = new ConcurrentHashMap<>();
  private final AtomicLong messages = new AtomicLong();
  private volatile boolean refused;

  RecordingHost(EvalHost host) {
    session = new Session(1, host);
  }

  Session session() {
    return session;
  }

  /** What is read from now on is read from another host. */
  Session next(EvalHost host) {
    session = new Session(session.id() + 1, host);
    refused = false;
    return session;
  }

  /** Whether this session's host has failed to answer something, as where a file is not there. */
  boolean hasRefused() {
    return refused;
  }

  /** Asks the host. */
  private <A> A ask(Question<A> question) throws IOException {
    try {
      return question.ask(host());
    } catch (IOException | RuntimeException e) {
      refused = true;
      throw e;
    }
  }

  private EvalHost host() {
    return session.host();
  }

  /** A question that may be asked again at will. */
  private interface Question<A> {
    A ask(EvalHost host) throws IOException;
  }

  private static final class Asked<A> extends Fact {
    private final Key key;
    private final Question<A> question;
    private final A answer;

    Asked(int session, Key key, Question<A> question, A answer) {
      super(session);
      this.key = key;
      this.question = question;
      this.answer = answer;
    }

    @Override
    boolean holds(EvalHost host) throws IOException {
      return question.ask(host).equals(answer);
    }

    @Override
    List<Place> places() {
      return ToldFact.places(key.kind, key.subject);
    }

    @Override
    Optional<List<String>> told() {
      return ToldFact.words(key.kind, key.subject, answer);
    }
  }

  private record Key(String kind, Object subject) {
    // Written out, as in all records that a first command compares: the JVM makes code for what a
    // record has by itself when that is first called, a dozen classes.
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && kind.equals(k.kind) && subject.equals(k.subject);
    }

    @Override
    public int hashCode() {
      return 31 * kind.hashCode() + subject.hashCode();
    }
  }

  /** Asks, and notes question and answer; the same one is the same fact. */
  private <A> A asked(String kind, Object subject, Question<A> question) throws IOException {
    A answer = ask(question);
    Key key = new Key(kind, subject);
    note(
        known(
            key,
            f -> f instanceof Asked<?> a && a.answer.equals(answer),
            () -> new Asked<>(session.id(), key, question, answer)));
    return answer;
  }

  /** The fact that is known already, if it says the same, or else the new one in its place. */
  private Fact known(Key key, Predicate<Fact> same, Supplier<Fact> other) {
    Session now = session;
    return facts.compute(
        key,
        (k, known) -> {
          if (known == null || !same.test(known)) {
            return other.get();
          }
          known.confirm(now);
          return known;
        });
  }

  /**
   * As {@link #asked}, but once in a session where the answer is the host's own, as Nix does: files
   * outside the store are looked at as they were when first looked at.
   */
  private <A> A askedOnce(String kind, String path, Class<A> type, Question<A> question)
      throws IOException {
    Fact known = facts.get(new Key(kind, path));
    if (known instanceof Asked<?> a
        && known.isConfirmed(session)
        && storeDir().containing(path).isEmpty()) {
      note(known);
      return type.cast(a.answer);
    }
    return asked(kind, path, question);
  }

  private <A> A told(String kind, Object subject, Question<A> question) {
    try {
      return asked(kind, subject, question);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void note(Reads reads) {
    if (Thread.currentThread() instanceof EvalThread t) {
      t.note(reads);
    }
  }

  private StorePath added(StorePath path) {
    Key key = new Key("added", path);
    note(known(key, f -> true, () -> new Asked<>(session.id(), key, h -> h.isKept(path), true)));
    return path;
  }

  @Override
  @SuppressWarnings("unchecked") // What is kept under "type" is of this type.
  public Optional<FileType> typeOf(String path) throws IOException {
    return askedOnce("type", path, Optional.class, h -> h.typeOf(path));
  }

  @Override
  public String readLink(String path) throws IOException {
    return askedOnce("link", path, String.class, h -> h.readLink(path));
  }

  @Override
  public String readFile(String path) throws IOException {
    Optional<Object> stamp = stamp(path, true);
    String text = ask(h -> h.readFile(path));
    content(ContentFact.Kind.FILE, path, stamp, text);
    return text;
  }

  @Override
  public SortedMap<String, FileType> readDirectory(String path) throws IOException {
    Optional<Object> stamp = stamp(path, true);
    SortedMap<String, FileType> entries = ask(h -> h.readDirectory(path));
    content(ContentFact.Kind.FOLDER, path, stamp, entries.toString());
    return entries;
  }

  private void content(ContentFact.Kind kind, String path, Optional<Object> stamp, String text) {
    Hash hash = ContentFact.hash(text);
    note(
        known(
            new Key(kind.word(), path),
            f -> f instanceof ContentFact c && c.same(hash, stamp),
            () -> new ContentFact(session.id(), path, kind, hash, stamp)));
  }

  @Override
  public Optional<Object> stamp(String path, boolean follow) throws IOException {
    return ask(h -> h.stamp(path, follow));
  }

  @Override
  public Optional<String> environment(String name) {
    return told("environment", name, h -> h.environment(name));
  }

  @Override
  public long currentTime() {
    note(new Fact.Once(session.id()));
    return host().currentTime();
  }

  @Override
  public String currentSystem() {
    return told("system", "", EvalHost::currentSystem);
  }

  @Override
  public List<Map.Entry<String, String>> searchPath() {
    return told("search path", "", EvalHost::searchPath);
  }

  @Override
  public String folder() {
    return told("folder of the caller", "", EvalHost::folder);
  }

  @Override
  public StoreDir storeDir() {
    return host().storeDir();
  }

  @Override
  public boolean isValid(StorePath path) {
    return told("valid", path, h -> h.isValid(path));
  }

  @Override
  public boolean isKept(StorePath path) {
    return host().isKept(path);
  }

  @Override
  public boolean readOnly() {
    return told("read only", "", EvalHost::readOnly);
  }

  @Override
  public SortedSet<StorePath> references(StorePath path) {
    return told("references", path, h -> h.references(path));
  }

  @Override
  public StorePath addPath(
      String name,
      String path,
      Filter filter,
      IngestionMethod method,
      HashAlgorithm algorithm,
      Optional<Hash> expected)
      throws IOException {
    CopiedFact copied = new CopiedFact(session.id());
    copied.saw(path, stamp(path, false));
    Filter seeing =
        (entry, type) -> {
          boolean taken = filter.accept(entry, type);
          if (taken) {
            copied.saw(entry, stamp(entry, false));
          }
          return taken;
        };
    StorePath stored = ask(h -> h.addPath(name, path, seeing, method, algorithm, expected));
    copied.became(stored);
    note(copied);
    return stored;
  }

  @Override
  public StorePath addText(String name, String content, SortedSet<StorePath> references)
      throws IOException {
    return added(ask(h -> h.addText(name, content, references)));
  }

  @Override
  public void addDerivation(OutputPaths.Finished derivation) throws IOException {
    ask(
        h -> {
          h.addDerivation(derivation);
          return derivation;
        });
    added(derivation.path());
  }

  @Override
  public Derivation readDerivation(StorePath drvPath) throws IOException {
    Derivation derivation = ask(h -> h.readDerivation(drvPath));
    isValid(drvPath);
    return derivation;
  }

  @Override
  public Map<Wanted, StorePath> realise(Set<Wanted> wanted) {
    EvalThread.needed();
    Map<Wanted, StorePath> outputs = realised(wanted);
    outputs.values().forEach(this::isValid);
    return outputs;
  }

  private Map<Wanted, StorePath> realised(Set<Wanted> wanted) {
    try {
      return host().realise(wanted);
    } catch (RuntimeException e) {
      refused = true;
      throw e;
    }
  }

  @Override
  public StorePath fetch(String url, String name, boolean unpack, Optional<Hash> expected)
      throws IOException {
    EvalThread.needed();
    return asked(
        "fetch", List.of(url, name, unpack, expected), h -> h.fetch(url, name, unpack, expected));
  }

  @Override
  public FetchedTree fetchTree(Input input) throws IOException {
    EvalThread.needed();
    return asked("fetchTree", input, h -> h.fetchTree(input));
  }

  @Override
  public Closures closures() {
    EvalThread.needed();
    Closures closures = host().closures();
    return new Closures() {
      @Override
      public void ensure(StorePath path) throws IOException {
        ask(
            h -> {
              closures.ensure(path);
              return path;
            });
        isValid(path);
      }

      @Override
      public void copy(String cache, StorePath path) throws IOException {
        ask(
            h -> {
              closures.copy(cache, path);
              return path;
            });
        isValid(path);
      }

      @Override
      public StorePath addressByContent(String cache, StorePath path) throws IOException {
        StorePath stored = ask(h -> closures.addressByContent(cache, path));
        isValid(stored);
        return stored;
      }
    };
  }

  @Override
  public boolean isContentAddressed(StorePath path) {
    return told("address", path, h -> h.isContentAddressed(path));
  }

  @Override
  public Registry.Resolved resolve(Input reference) throws IOException {
    EvalThread.needed();
    return asked("registries", reference, h -> h.resolve(reference));
  }

  @Override
  public LockState lockState(Input tree) {
    EvalThread.needed();
    return told("lock state", tree, h -> h.lockState(tree));
  }

  @Override
  public void message(Level level, String text) {
    EvalThread.needed();
    note(new Fact.Said(session.id(), messages.getAndIncrement(), level, text));
    host().message(level, text);
  }

  @Override
  public boolean cancelled() {
    return host().cancelled();
  }
}
