package org.buildchain.store.disk;

import java.io.IOException;
import org.buildchain.store.ipld.Block;
import org.buildchain.store.ipld.Cid;
import org.buildchain.store.path.StorePath;
import org.buildchain.store.tree.FileTree;

/**
 * A store object that need not be in any store, read from blocks.
 *
 * @param path what it would be called
 * @param tree its content; reading it asks for blocks
 */
public record ObjectTree(StorePath path, FileTree tree) {
  /**
   * Opens an object.
   *
   * @param source gives verified blocks; used as long as the tree is
   * @throws org.buildchain.store.format.FormatException if the block is no store object
   */
  public static ObjectTree open(Cid object, Block.Source source) throws IOException {
    StoreObject read = StoreObject.read(object, source);
    return new ObjectTree(read.path(), new StoredTree(read, source).root());
  }
}
