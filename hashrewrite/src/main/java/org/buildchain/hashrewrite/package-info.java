/** Finding, zeroing and restoring the hash parts of store paths in bytes. Leaf code. */
package org.buildchain.hashrewrite;
