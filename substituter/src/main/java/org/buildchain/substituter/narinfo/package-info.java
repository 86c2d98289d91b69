/** What a binary cache says of a store path. Leaf code. */
package org.buildchain.substituter.narinfo;
