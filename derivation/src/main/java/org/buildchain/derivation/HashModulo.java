package org.buildchain.derivation;

import java.util.SortedMap;
import org.buildchain.store.hash.Hash;

/**
 * The digest of a derivation that leaves out what does not matter to its outputs: how its fixed
 * inputs are fetched. Source: {@code hashDerivationModulo} of Nix 2.26.
 *
 * @param hashes for each output its digest (they differ for fixed outputs only)
 * @param deferred whether output paths cannot follow from it, because the derivation or an input is
 *     content-addressed and not built yet
 */
public record HashModulo(SortedMap<String, Hash> hashes, boolean deferred) {}
