/**
 * The store: verified objects by store path and by CID.
 *
 * <p>Octet strings. Nix's strings, file names and link targets are sequences of bytes without an
 * encoding. Throughout the project such a value is a Java {@link String} that holds one byte in
 * each char (0 to 255, that is ISO-8859-1), called an <em>octet string</em>: it compares,
 * concatenates and measures as the bytes do. {@link org.buildchain.store.format.Octets} converts at
 * the borders.
 */
package org.buildchain.store;
