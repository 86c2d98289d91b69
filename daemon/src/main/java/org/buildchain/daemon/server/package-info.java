/** The daemon's socket: who may speak to it, one command for each connection, and its end. */
package org.buildchain.daemon.server;
