/** Values for other programs to read. */
package org.buildchain.language.print;
