package org.buildchain.daemon.command.build;

import java.io.IOException;
import java.util.List;
import org.buildchain.derivation.site.OutputDiffer;
import org.buildchain.diff.compare.TreeDiff;
import org.buildchain.diff.report.ReportText;
import org.buildchain.store.tree.FileTree;

/**
 * What {@code bc diff} says, for a build that was made again.
 *
 * @param colours whether lines may be coloured
 */
record ExplainedDifferences(boolean colours) implements OutputDiffer {
  @Override
  public List<String> explain(String name, FileTree first, FileTree second) throws IOException {
    return ReportText.of(TreeDiff.compare(first, second), colours).lines().toList();
  }
}
