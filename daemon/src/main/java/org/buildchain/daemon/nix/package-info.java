/**
 * Nix's own programs, as scripts call them: {@code nix-build}, {@code nix-store} and so on. They
 * take the options of Nix 2.26, print what it prints, and end with its statuses. The families of
 * them have packages of their own.
 */
package org.buildchain.daemon.nix;
