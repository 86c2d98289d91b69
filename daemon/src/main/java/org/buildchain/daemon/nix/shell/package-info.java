/**
 * Shells in which a derivation could be built by hand: {@code nix-shell}, {@code bc develop} and
 * {@code bc print-dev-env}.
 */
package org.buildchain.daemon.nix.shell;
