/**
 * The builtins of the Nix language, version 2.26, by topic. Entry: {@link
 * org.buildchain.language.builtins.Builtins}. Source: Nix manual, "Built-ins"; {@code
 * src/libexpr/primops.cc} for laziness, checks and messages.
 */
package org.buildchain.language.builtins;
