package org.buildchain.daemon.explorer;

import java.util.ArrayList;
import java.util.List;
import org.buildchain.chain.index.ChainIndex;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A chain's disputes as the page's API gives them, for commands. */
public final class DisputeReader {
  private final Disputes disputes;

  /**
   * Reads the chain.
   *
   * @throws org.buildchain.chain.rpc.NodeException if the node can't be reached
   */
  public DisputeReader(ExplorerSource source) {
    ChainIndex index = new ChainIndex(source.logs());
    index.update();
    this.disputes = new Disputes(source, new BlockTimes(source.logs()), index);
  }

  /** All of them in brief, those of the newest claims first. */
  public List<JsonNode> all() {
    return disputes.everything();
  }

  /** Those whose id, or whose claim's id, begins so; in full, with their evidence. */
  public List<ObjectNode> find(String beginning) {
    List<ObjectNode> found = new ArrayList<>();
    for (JsonNode brief : all()) {
      String id = brief.path("id").asString("");
      if (id.startsWith(beginning) || brief.path("claim").asString("").startsWith(beginning)) {
        disputes.named(id).ifPresent(found::add);
      }
    }
    return found;
  }
}
