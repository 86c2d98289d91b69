package org.buildchain.tests;

import java.util.SortedSet;

/**
 * What is compared of a store object.
 *
 * @param narHash {@code sha256:} and base 16
 * @param references full paths
 */
record PathFacts(String narHash, long narSize, SortedSet<String> references) {}
