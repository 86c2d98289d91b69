/**
 * The world that an evaluation sees: the host's files with limits, the store's objects, the
 * caller's environment, downloads.
 */
package org.buildchain.daemon.host;
