/**
 * The world that an evaluation sees: the host's files with limits, the store's objects, the
 * caller's environment, and what it fetches from elsewhere by the packages below.
 */
package org.buildchain.daemon.host;
