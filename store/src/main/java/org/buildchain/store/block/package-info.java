/**
 * Blocks on the disk: in files of their own and in packs, written in batches, kept in memory once
 * they are verified, leased so that the collector leaves them. {@code docs/formats.md} says what
 * stands where. For {@code store.disk}, which knows what the blocks mean, alone.
 */
package org.buildchain.store.block;
