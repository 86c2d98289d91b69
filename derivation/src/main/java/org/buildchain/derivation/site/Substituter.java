package org.buildchain.derivation.site;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.buildchain.store.Store;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/** Has store objects that others have made. Implementations are thread-safe. */
public interface Substituter {
  /** Has nothing. */
  Substituter NONE =
      new Substituter() {
        @Override
        public Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes) {
          return Map.of();
        }

        @Override
        public void fetch(StorePath path, Consumer<String> notes) throws IOException {
          throw new IOException("'" + path + "' is not to be had");
        }
      };

  /**
   * An object that can be had.
   *
   * @param references the path itself may be among them
   * @param downloadSize bytes that come over the wire; 0 if that is not known
   * @param narSize bytes of its NAR
   */
  record Offer(StorePath path, SortedSet<StorePath> references, long downloadSize, long narSize) {}

  /**
   * Which of these can be had, from somebody who may be believed. Asks for all of them at once.
   *
   * @param notes takes lines for the user, from several threads
   */
  Map<StorePath, Offer> query(Set<StorePath> paths, Consumer<String> notes)
      throws InterruptedException;

  /**
   * Says by what content a path is addressed, before it is asked for: who keeps objects for another
   * store folder has the same under another path.
   */
  default void address(StorePath path, ContentAddress address) {}

  /**
   * What an output of a derivation became.
   *
   * @param dependents what outputs of other derivations were then, as far as the path refers to
   *     them
   */
  record Realised(StorePath path, SortedMap<Store.RealisationId, StorePath> dependents) {}

  /**
   * What an output of a derivation became elsewhere, and what all those became that it was made
   * with, from somebody who may be believed.
   *
   * @param known what outputs became here, or will have: who made something with others is passed
   *     over, so that no closure has two realisations of one output
   * @param notes takes lines for the user, from several threads
   * @return the output asked for and those below it that are not {@code known}; empty if nobody has
   *     all of that
   */
  default Map<Store.RealisationId, Realised> realisation(
      Store.RealisationId id,
      Function<Store.RealisationId, Optional<StorePath>> known,
      Consumer<String> notes)
      throws InterruptedException {
    return Map.of();
  }

  /**
   * Makes a path valid that was offered. Its references are valid already.
   *
   * @param notes takes lines for the user
   * @throws java.nio.file.NoSuchFileException if nobody has it any more
   * @throws IOException if nobody has what it should be; notes say who
   */
  void fetch(StorePath path, Consumer<String> notes) throws IOException, InterruptedException;

  /**
   * Gets a path that was offered, if that can be before its references are valid.
   *
   * @param ready whether they are; then it is not {@link Arrival.Later}
   * @param notes takes lines for the user
   * @throws java.nio.file.NoSuchFileException if nobody has it any more
   * @throws IOException if nobody has what it should be; notes say who
   */
  default Arrival receive(StorePath path, boolean ready, Consumer<String> notes)
      throws IOException, InterruptedException {
    if (!ready) {
      return new Arrival.Later();
    }
    fetch(path, notes);
    return new Arrival.Valid();
  }

  /**
   * Makes what has come from here valid in one durable step, all of it or nothing.
   *
   * @param held each after those of them that it refers to; they remain to be closed
   */
  default void commit(List<Arrival.Held> held) throws IOException {
    throw new IllegalArgumentException("nothing of this comes from here");
  }
}
