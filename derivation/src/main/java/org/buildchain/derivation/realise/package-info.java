/** Realising derivations: the plan, its parallel execution, and the border to the sandbox. */
package org.buildchain.derivation.realise;
