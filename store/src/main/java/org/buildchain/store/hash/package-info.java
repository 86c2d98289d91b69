/** Digests and their textual forms. Leaf code: no input, no output, no state. */
package org.buildchain.store.hash;
