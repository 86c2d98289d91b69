package org.buildchain.store;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import org.buildchain.store.hash.Hash;
import org.buildchain.store.path.ContentAddress;
import org.buildchain.store.path.StorePath;

/**
 * What the store knows of a valid path.
 *
 * @param object the CID (text form) of the store object's dag-cbor block
 * @param narHash SHA-256 of the NAR, self-references as they really read
 * @param narSize the NAR's length in bytes
 * @param references every store path whose hash part occurs in the content, itself included where
 *     it does
 * @param deriver the derivation that made it, if known
 * @param registered when it became valid
 * @param ultimate whether it was built here, not fetched
 * @param signatures {@code name:base64}, sorted
 * @param contentAddress how its path follows from its content, if it does
 */
public record PathInfo(
    StorePath path,
    String object,
    Hash narHash,
    long narSize,
    SortedSet<StorePath> references,
    Optional<StorePath> deriver,
    Instant registered,
    boolean ultimate,
    SortedSet<String> signatures,
    Optional<ContentAddress> contentAddress) {}
