/** What texts differ in, and why. Leaf code on hostile input: linear in its length. */
package org.buildchain.diff.text;
