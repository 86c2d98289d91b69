/** A reader of ELF files. Leaf code on hostile input: strict and limited. */
package org.buildchain.diff.elf;
