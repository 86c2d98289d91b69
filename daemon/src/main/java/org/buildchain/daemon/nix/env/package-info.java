/** {@code nix-env --query}: which packages there are. */
package org.buildchain.daemon.nix.env;
