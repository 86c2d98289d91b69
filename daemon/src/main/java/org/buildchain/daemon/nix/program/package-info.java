/** What programs of Nix have in common. */
package org.buildchain.daemon.nix.program;
