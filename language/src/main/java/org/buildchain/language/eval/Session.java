package org.buildchain.language.eval;

import org.buildchain.language.EvalHost;

/**
 * One evaluation of the several that an evaluator does one after the other. Within it the world is
 * asked about each thing that earlier sessions read at most once.
 *
 * @param id counts up from 1
 * @param host the world as this evaluation sees it
 */
record Session(int id, EvalHost host) {}
