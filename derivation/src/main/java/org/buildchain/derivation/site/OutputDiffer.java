package org.buildchain.derivation.site;

import java.io.IOException;
import java.util.List;
import org.buildchain.store.tree.FileTree;

/** Says in what a second build's output differs from the first one's. */
@FunctionalInterface
public interface OutputDiffer {
  /** Says nothing. */
  OutputDiffer NONE = (name, first, second) -> List.of();

  /**
   * Compares two outputs of one derivation.
   *
   * @param name of the output, for messages
   * @return lines for the user, octet strings
   */
  List<String> explain(String name, FileTree first, FileTree second) throws IOException;
}
