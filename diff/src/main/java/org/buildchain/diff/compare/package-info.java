/** Compares two trees, files in their formats, and says what differs. */
package org.buildchain.diff.compare;
