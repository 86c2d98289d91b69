/** A reader of Python's compiled files. Leaf code on hostile input. */
package org.buildchain.diff.python;
