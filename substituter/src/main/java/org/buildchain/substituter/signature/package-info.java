/** Signatures of store paths by Ed25519 as Nix makes them. Leaf code. */
package org.buildchain.substituter.signature;
