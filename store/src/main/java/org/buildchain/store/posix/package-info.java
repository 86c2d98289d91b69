/**
 * The system calls that Java's own file API lacks or hides: names that are bytes, {@code statx},
 * syncing a file system. Linux only.
 */
package org.buildchain.store.posix;
