/**
 * Flakes: {@code flake.nix} and {@code flake.lock} are read, inputs that are not locked are locked
 * in memory, and outputs are called. Nothing is written here: whoever asks is told what a lock file
 * has to hold ({@link org.buildchain.language.flake.LockNeeded}). Entry: {@link
 * org.buildchain.language.flake.Flakes}. Source: Nix 2.26 manual, {@code nix flake}; {@code
 * libflake} for rules and messages.
 */
package org.buildchain.language.flake;
