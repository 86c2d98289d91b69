/** Digests of files: {@code nix-hash} and {@code bc hash}. */
package org.buildchain.daemon.nix.hash;
