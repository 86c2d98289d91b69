/** Store paths, the rules by which they are computed, and content addresses. Leaf code. */
package org.buildchain.store.path;
