package org.buildchain.store;

import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/**
 * What somebody else says of an object that is to be stored from its NAR. Whether that somebody may
 * be believed has been found out before.
 *
 * @param narHash SHA-256 of the NAR
 * @param narSize the NAR's length in bytes
 * @param references the path itself among them if it refers to itself
 * @param signatures {@code name:base64}
 */
public record ForeignObject(
    StorePath path,
    Hash narHash,
    long narSize,
    SortedSet<StorePath> references,
    Optional<StorePath> deriver,
    SortedSet<String> signatures,
    Optional<ContentAddress> contentAddress) {}
