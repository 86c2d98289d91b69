/** How far Build Chain agrees with Nix: Nix's own test files, run and compared. */
package org.buildchain.tests.conformance;
