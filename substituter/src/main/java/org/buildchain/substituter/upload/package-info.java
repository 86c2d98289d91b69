/** Sending store objects to binary caches that take them. */
package org.buildchain.substituter.upload;
