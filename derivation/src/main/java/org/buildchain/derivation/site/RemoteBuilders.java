package org.buildchain.derivation.site;

import java.io.IOException;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.buildchain.derivation.Derivation;
import org.buildchain.store.path.StorePath;

/** Machines that build in place of this one. Implementations are thread-safe. */
public interface RemoteBuilders {
  /** There are none. */
  RemoteBuilders NONE =
      new RemoteBuilders() {
        @Override
        public int places() {
          return 0;
        }

        @Override
        public Answer take(Needs needs, Set<String> refused, Consumer<String> notes) {
          return new Answer.Unable("");
        }
      };

  /** How many builds they take at a time, all together; 0 if there are none. */
  int places();

  /**
   * What a derivation asks of a machine.
   *
   * @param drvPath which it is, for messages
   */
  record Needs(StorePath drvPath, String system, SortedSet<String> features) {}

  /** Whether one of them builds it. */
  sealed interface Answer {
    /**
     * None can.
     *
     * @param why lines for the user
     */
    record Unable(String why) implements Answer {}

    /** Those that can have no place free. */
    record Busy() implements Answer {}

    /** One will; the caller closes the place. */
    record Taken(Place place) implements Answer {}
  }

  /**
   * Asks for a place. Does not wait for one.
   *
   * @param refused machines that are not to be asked, by name; those that can't be reached join
   *     them
   * @param notes takes lines for the user: which machines can't be reached
   */
  Answer take(Needs needs, Set<String> refused, Consumer<String> notes) throws InterruptedException;

  /** A place on a machine, held until it is closed. */
  interface Place extends AutoCloseable {
    /** The machine's name. */
    String machine();

    /**
     * Builds there, and stores the outputs here.
     *
     * @return the paths of {@link Job#outputs}, all valid here now
     * @throws BuildException if the derivation fails to build there
     * @throws IOException if the machine fails: another one may build it
     */
    SortedMap<String, StorePath> build(Job job, Log log) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /**
   * A build.
   *
   * @param drv resolved where that is needed
   * @param inputs the closure of what it needs, all valid here
   * @param outputs the names of those that are not valid here
   * @param limits of which time and log count elsewhere
   */
  record Job(
      StorePath drvPath,
      Derivation drv,
      SortedSet<StorePath> inputs,
      SortedSet<String> outputs,
      BuildJob.Limits limits) {}

  /** Takes what happens there, from one thread at a time. All are octet strings. */
  interface Log {
    /** A line that the builder printed. */
    void line(String text);

    /** The phase that the builder is in. */
    void phase(String name);

    /** Something to tell the user. */
    void note(String text);
  }
}
