/** What a comparison found: classes, effects, and their forms for people and programs. */
package org.buildchain.diff.report;
