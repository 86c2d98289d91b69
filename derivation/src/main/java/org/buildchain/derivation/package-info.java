/**
 * Derivations: their model, ATerm, output paths, and the plan and execution of what must be built.
 * How a builder runs is behind {@link org.buildchain.derivation.site.Builder}.
 */
package org.buildchain.derivation;
