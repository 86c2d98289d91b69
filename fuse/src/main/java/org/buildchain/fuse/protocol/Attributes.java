package org.buildchain.fuse.protocol;

/**
 * What {@code stat} shows of a file.
 *
 * @param size in bytes
 * @param mode type and permission bits
 * @param nanos of its time, which is second 1 of 1970; less than 10^9
 */
public record Attributes(long inode, long size, int mode, int uid, int gid, int nanos) {}
