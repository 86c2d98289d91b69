/** The worker protocol, which Nix's clients speak with a daemon: both sides of it. */
package org.buildchain.substituter.worker;
