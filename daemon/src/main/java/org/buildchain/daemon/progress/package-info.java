/** What a user sees while builds run. */
package org.buildchain.daemon.progress;
