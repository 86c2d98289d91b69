/** Attributes of derivations that say how to build, as variables or in {@code __json}. */
package org.buildchain.derivation.attributes;
