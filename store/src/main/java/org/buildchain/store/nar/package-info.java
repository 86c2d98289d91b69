/** NAR, Nix's archive format. Leaf code. */
package org.buildchain.store.nar;
