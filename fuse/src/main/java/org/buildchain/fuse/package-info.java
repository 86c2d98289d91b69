/**
 * The read-only mount of the store. {@link org.buildchain.fuse.FileSystemView} is what is shown,
 * {@link org.buildchain.fuse.MountProvider} is a way to show it.
 */
package org.buildchain.fuse;
