package org.buildchain.daemon.repl;

/**
 * Something whose attributes are in scope, and are again after {@code :r}.
 *
 * @param text a path, {@code <name>}, or an expression
 */
record Loaded(String text, boolean expression) {}
