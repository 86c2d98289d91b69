/** Frames of the protocol between {@code bc} and the daemon; see {@code daemon.proto}. */
package org.buildchain.daemon.protocol;
