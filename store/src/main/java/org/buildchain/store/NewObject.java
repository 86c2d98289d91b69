package org.buildchain.store;

import java.util.Optional;
import java.util.Set;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A tree to be stored under a known path.
 *
 * @param path what it will be called; occurrences of its hash part in the tree are self-references
 * @param tree the content, with every reference as it shall read
 * @param candidates the paths whose hash parts are looked for; those found become the references.
 *     They must be valid already, or be stored in the same call
 * @param deriver the derivation that made it, if any
 * @param contentAddress recorded as given; whoever computed the path from it has checked it
 */
public record NewObject(
    StorePath path,
    FileTree tree,
    Set<StorePath> candidates,
    Optional<StorePath> deriver,
    boolean ultimate,
    Optional<ContentAddress> contentAddress) {}
