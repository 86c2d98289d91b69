/**
 * The daemon's side of the worker protocol, which Nix's clients speak, and of {@code nix-store
 * --serve}.
 */
package org.buildchain.substituter.worker;
