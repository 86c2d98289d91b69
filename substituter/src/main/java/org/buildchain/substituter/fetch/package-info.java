/** Fetching store objects from binary caches: HTTP(S) and folders. Whatever comes is checked. */
package org.buildchain.substituter.fetch;
