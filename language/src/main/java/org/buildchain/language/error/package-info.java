/** Evaluations that fail: why, where, the trace, and how Nix prints it. */
package org.buildchain.language.error;
