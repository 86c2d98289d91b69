/**
 * The kernel's side of a mount: the device {@code /dev/fuse}, mounting and unmounting, the table of
 * mounts. Linux only; by the FFM API.
 */
package org.buildchain.fuse.device;
