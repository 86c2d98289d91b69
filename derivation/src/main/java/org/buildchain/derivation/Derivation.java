package org.buildchain.derivation;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.buildchain.store.path.StorePath;

/**
 * A derivation: what runs, with what environment and inputs, and what comes out. Every string is an
 * octet string. Immutable.
 *
 * @param name the store path's name without {@code .drv}
 * @param inputDerivations for each input derivation the outputs of it that are needed
 * @param inputSources store objects needed as they are
 */
public record Derivation(
    String name,
    SortedMap<String, DerivationOutput> outputs,
    SortedMap<StorePath, SortedSet<String>> inputDerivations,
    SortedSet<StorePath> inputSources,
    String system,
    String builder,
    List<String> args,
    SortedMap<String, String> env) {}
