/** What readers of formats hand out: a file taken apart without a rest. */
package org.buildchain.diff.layout;
