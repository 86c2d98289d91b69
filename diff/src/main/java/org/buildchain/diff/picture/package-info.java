/** A reader of pictures. Leaf code on hostile input: strict and limited. */
package org.buildchain.diff.picture;
