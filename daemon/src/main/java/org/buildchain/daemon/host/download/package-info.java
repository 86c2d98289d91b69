/** Copies of what stands at URLs, with the proxies and secrets of a caller. */
package org.buildchain.daemon.host.download;
