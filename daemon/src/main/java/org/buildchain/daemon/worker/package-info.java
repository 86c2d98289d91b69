/** The daemon as Nix's clients see it. */
package org.buildchain.daemon.worker;
