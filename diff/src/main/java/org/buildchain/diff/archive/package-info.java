/** Readers of archives: ar, gzip, tar, zip. Leaf code on hostile input: strict and limited. */
package org.buildchain.diff.archive;
