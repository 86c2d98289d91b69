/**
 * What every command has: what it works with, how it speaks to its user, how it fails. Commands
 * stand in the packages below, one for each kind, and in {@code daemon.chain}, {@code daemon.nix}
 * and {@code daemon.repl}; a kind knows this package, {@code command.argument} and {@code
 * command.build}, and no other kind.
 */
package org.buildchain.daemon.command;
