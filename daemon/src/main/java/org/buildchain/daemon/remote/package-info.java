/** Builds on other machines, over ssh. */
package org.buildchain.daemon.remote;
