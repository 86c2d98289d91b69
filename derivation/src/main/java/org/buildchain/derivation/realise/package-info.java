/** Realising derivations: the plan, its parallel execution, and what becomes of the outputs. */
package org.buildchain.derivation.realise;
