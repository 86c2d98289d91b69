/** Settings: Nix's file syntax and names, their sources and their types. */
package org.buildchain.daemon.settings;
