/** {@code nix-store}: a class for each operation. */
package org.buildchain.daemon.nix.store;
