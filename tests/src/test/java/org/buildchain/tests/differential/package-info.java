/**
 * Random expressions, evaluated here and by Nix, and compared. Run it as {@code
 * tests/conformance/differential}.
 */
package org.buildchain.tests.differential;
