/** What becomes of the outputs that a builder left: checked, rewritten, registered or compared. */
package org.buildchain.derivation.realise.outputs;
