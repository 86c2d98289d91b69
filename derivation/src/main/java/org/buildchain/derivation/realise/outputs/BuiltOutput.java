package org.buildchain.derivation.realise.outputs;

import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * An output that a builder made, before it is stored.
 *
 * @param path its final path
 * @param tree its content as it will read
 * @param references what it refers to, itself included; what may be looked for where that is not
 *     known yet
 * @param address of content-addressed outputs
 */
public record BuiltOutput(
    String name,
    StorePath path,
    FileTree tree,
    SortedSet<StorePath> references,
    Optional<ContentAddress> address) {}
