/**
 * The messages of the kernel's FUSE protocol, version 7.31 and later, as far as a read-only file
 * system needs them. No input and output. Source: {@code linux/fuse.h}, the kernel's interface for
 * user space.
 */
package org.buildchain.fuse.protocol;
