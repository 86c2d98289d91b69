/**
 * The store on a disk: a file for each block, and LMDB for what is known of paths. Formats are
 * described in {@code docs/formats.md}.
 */
package org.buildchain.store.disk;
