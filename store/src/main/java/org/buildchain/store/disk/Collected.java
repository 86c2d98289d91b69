package org.buildchain.store.disk;

import java.util.List;
import org.buildchain.store.path.StorePath;

/**
 * What a collection removed, or would remove.
 *
 * @param paths in the order of their removal: least recently used first, each before what it refers
 *     to
 * @param blocks how many blocks nothing else used
 * @param bytes their length together
 * @param kept how many paths remain
 */
public record Collected(List<StorePath> paths, long blocks, long bytes, int kept) {}
