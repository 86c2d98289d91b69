/** Readers of foreign bytes, fed with what a coverage-guided fuzzer makes up. */
package org.buildchain.tests.fuzz;
