package org.buildchain.daemon.command.exchange;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.build.Builds;
import org.buildchain.daemon.remote.Abortable;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.Store;
import org.buildchain.store.StoreException;
import org.buildchain.store.disk.DiskStore;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.fetch.Caches;
import org.buildchain.substituter.signature.Fingerprint;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.client.RemoteStore;
import org.buildchain.substituter.worker.client.StoreConnection;

/** Copies between this store and one that a daemon serves. */
final class RemoteCopy {
  /** Objects whose answers are awaited at a time. */
  private static final int AT_ONCE = 256;

  private final CommandContext context;
  private final Caches.Options options;
  private final boolean unsigned;
  private final DiskStore store;

  /**
   * @param unsigned whether signatures are not asked for
   */
  RemoteCopy(CommandContext context, Settings settings, boolean unsigned) {
    this.context = context;
    this.options = Builds.caches(settings);
    this.unsigned = unsigned || !settings.flag("require-sigs");
    this.store = context.services().store();
  }

  /** A part of what is said over a connection. */
  private interface Conversation {
    void hold(StoreConnection client) throws IOException;
  }

  /** Ends with the command: the other side may have fallen silent. */
  private void converse(String url, Conversation conversation) throws IOException {
    Abortable abortable = new Abortable();
    try {
      abortable.run(
          () -> {
            try (StoreConnection client = connect(url, abortable)) {
              conversation.hold(client);
            }
            return url;
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while speaking with '" + url + "'");
    }
  }

  private StoreConnection connect(String url, Abortable abortable) {
    Map<String, String> env = new TreeMap<>();
    context
        .caller()
        .invocation()
        .env()
        .forEach((k, v) -> env.put(Octets.toText(k), Octets.toText(v)));
    try {
      return RemoteStore.parse(url)
          .connect(store.dir(), env, context.messages()::note, abortable::begun);
    } catch (IOException e) {
      throw new CommandException(e.getMessage());
    }
  }

  /**
   * Sends what the other store lacks of these.
   *
   * @param substitute whether it shall first fetch what it can from its own substituters
   */
  void to(String url, Collection<StorePath> paths, boolean substitute) throws IOException {
    converse(url, client -> send(client, url, paths, substitute));
  }

  private void send(
      StoreConnection client, String url, Collection<StorePath> paths, boolean substitute)
      throws IOException {
    SortedSet<StorePath> there = client.valid(paths, substitute);
    List<PathInfo> missing =
        inOrder(store, paths).stream().filter(i -> !there.contains(i.path())).toList();
    for (int at = 0; at < missing.size(); at += AT_ONCE) {
      List<PathInfo> some = missing.subList(at, Math.min(missing.size(), at + AT_ONCE));
      some.forEach(
          i ->
              context
                  .messages()
                  .note("copying path '" + store.dir().print(i.path()) + "' to '" + url + "'..."));
      client.add(some, store::open, unsigned);
    }
  }

  /** Each after those that it refers to. */
  static List<PathInfo> inOrder(Store store, Collection<StorePath> paths) {
    Set<StorePath> wanted = Set.copyOf(paths);
    Map<StorePath, PathInfo> done = new LinkedHashMap<>();
    Set<StorePath> entered = new HashSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(paths);
    while (!todo.isEmpty()) {
      StorePath path = todo.peek();
      PathInfo info =
          store.query(path).orElseThrow(() -> new StoreException("'" + path + "' is not valid"));
      if (entered.add(path)) {
        info.references().stream().filter(r -> !entered.contains(r)).forEach(todo::push);
      } else {
        todo.pop();
        done.putIfAbsent(path, info);
      }
    }
    done.keySet().retainAll(wanted);
    return new ArrayList<>(done.values());
  }

  /** Fetches what this store lacks. */
  void from(String url, Collection<StorePath> paths) throws IOException {
    converse(url, client -> fetch(client, url, paths));
  }

  private void fetch(StoreConnection client, String url, Collection<StorePath> paths)
      throws IOException {
    Map<StorePath, ForeignObject> said = new LinkedHashMap<>();
    Set<StorePath> entered = new HashSet<>();
    Deque<StorePath> todo = new ArrayDeque<>(paths);
    while (!todo.isEmpty()) {
      StorePath path = todo.peek();
      if (store.isValid(path)) {
        todo.pop();
      } else if (entered.add(path)) {
        ForeignObject object = ask(client, url, path);
        said.put(path, object);
        object.references().stream().filter(r -> !entered.contains(r)).forEach(todo::push);
      } else {
        todo.pop();
        fetch(client, url, said.get(path));
      }
    }
  }

  private ForeignObject ask(StoreConnection client, String url, StorePath path) throws IOException {
    ForeignObject object =
        client
            .query(path)
            .orElseThrow(
                () ->
                    new CommandException(
                        "'" + url + "' does not have '" + store.dir().print(path) + "'"));
    if (!unsigned && object.contentAddress().isEmpty()) {
      requireSignature(url, object);
    }
    return object;
  }

  private void requireSignature(String url, ForeignObject object) {
    byte[] content =
        new Fingerprint(
                store.dir(), object.path(), object.narHash(), object.narSize(), object.references())
            .bytes();
    long signers =
        options.trusted().stream()
            .filter(k -> object.signatures().stream().anyMatch(s -> k.verifies(s, content)))
            .map(PublicKey::base64)
            .distinct()
            .count();
    if (signers < options.signatures()) {
      throw new CommandException(
          "cannot take '"
              + store.dir().print(object.path())
              + "' from '"
              + url
              + "' because it lacks a signature by a trusted key; '--no-check-sigs' takes it all"
              + " the same");
    }
  }

  private void fetch(StoreConnection client, String url, ForeignObject object) throws IOException {
    if (store.isValid(object.path())) {
      return;
    }
    context
        .messages()
        .note("copying path '" + store.dir().print(object.path()) + "' from '" + url + "'...");
    try {
      client.nar(object, nar -> store.importNar(object, nar));
    } catch (FormatException e) {
      throw new CommandException("what '" + url + "' sent is refused: " + e.getMessage());
    }
  }
}
