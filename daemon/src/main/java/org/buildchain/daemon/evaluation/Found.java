package org.buildchain.daemon.evaluation;

import org.buildchain.store.path.StorePath;

/**
 * A derivation that an expression gave.
 *
 * @param attribute the path by which it was reached, empty for the expression itself
 * @param output the output that it stands for, {@code out} unless the expression picked another
 */
public record Found(String attribute, StorePath drvPath, String output) {}
