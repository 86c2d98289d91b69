/**
 * The world as evaluations see it: what they may read, links on the way, failures in Nix's words.
 */
package org.buildchain.language.host;
