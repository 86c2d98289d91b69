package org.buildchain.daemon.command.build;

import java.util.SortedMap;
import org.buildchain.daemon.command.CommandContext;
import org.buildchain.store.path.StorePath;
import picocli.CommandLine.Option;

/** Which links a command leaves to what it has built. */
public final class OutLinkOptions {
  @Option(
      names = {"-o", "--out-link"},
      paramLabel = "NAME",
      description = "Name the links NAME, NAME-2, ... Default: result.")
  private String outLink = "result";

  @Option(
      names = {"--no-out-link", "--no-link"},
      description = "Leave no links; the outputs are not kept alive.")
  private boolean noOutLink;

  /** Leaves the links. */
  public void link(
      CommandContext context,
      BuildRequest request,
      SortedMap<StorePath, SortedMap<String, StorePath>> made) {
    if (!noOutLink) {
      request.link(context, outLink, made);
    }
  }
}
