package org.buildchain.substituter.worker.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.derivation.Derivation;
import org.buildchain.derivation.site.BuildJob;
import org.buildchain.derivation.site.RemoteBuilders;
import org.buildchain.store.ForeignObject;
import org.buildchain.store.PathInfo;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;
import org.buildchain.substituter.worker.wire.BuildOutcome;

/**
 * A connection to a store of Nix, or of another bc: paths are copied from there and to there, and
 * derivations built. For one thread at a time. Whatever the other side refuses comes as a {@code
 * StoreException} with its words.
 *
 * <p>Threat: the other side is anybody. What it sends is read with limits; whether it may be
 * believed is for the caller to say, by what it does with it.
 */
public interface StoreConnection extends AutoCloseable {
  /**
   * Which of these are valid there.
   *
   * @param substitute whether it shall first fetch from its own substituters what it can
   */
  SortedSet<StorePath> valid(Collection<StorePath> paths, boolean substitute) throws IOException;

  /** What is known there of a path, if it is valid. */
  Optional<ForeignObject> query(StorePath path) throws IOException;

  /** Takes a NAR; reads exactly that. */
  interface NarTaker {
    /** Takes it. */
    void take(InputStream nar) throws IOException;
  }

  /** Fetches the NAR of a valid path. If {@code taker} fails the connection is of no more use. */
  void nar(ForeignObject said, NarTaker taker) throws IOException;

  /** Gives the tree of a path. */
  interface Trees {
    /** The tree. */
    FileTree open(StorePath path) throws IOException;
  }

  /**
   * Adds objects.
   *
   * @param objects each after what it refers to
   * @param unchecked asks the other side not to look for signatures, which it does for those alone
   *     whom it trusts
   */
  void add(List<PathInfo> objects, Trees trees, boolean unchecked) throws IOException;

  /** Whether the other side believes what this one says; empty if it does not tell. */
  Optional<Boolean> trusted();

  /**
   * Builds a derivation that needs no other one, and all of whose inputs are valid there.
   *
   * @param limits of which those on time and log are handed on
   */
  BuildOutcome build(
      StorePath drvPath, Derivation drv, BuildJob.Limits limits, RemoteBuilders.Log log)
      throws IOException;

  /**
   * Builds all outputs of a derivation that is valid there.
   *
   * @throws org.buildchain.store.StoreException if that can't be asked for over this connection
   */
  BuildOutcome build(StorePath drvPath, BuildJob.Limits limits, RemoteBuilders.Log log)
      throws IOException;

  /** Ends it, and what runs there on its behalf. */
  @Override
  void close() throws IOException;
}
