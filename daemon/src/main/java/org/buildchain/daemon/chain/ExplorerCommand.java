package org.buildchain.daemon.chain;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.output.StoreExplorerSource;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.explorer.ExplorerServer;
import org.buildchain.daemon.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the chain in use as a page. */
@Command(
    name = "explorer",
    description = {
      "Serves a page on this machine that shows the chain in use, until Ctrl-C: claims and their"
          + " lives, validators with their efficiency and rewards, disputes with their evidence,"
          + " supply and reward periods.",
      "",
      "It prints its address, is read from this machine alone and loads nothing from elsewhere."
          + " Evidence that is not here is asked of the setting 'gateways'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc explorer                             then open http://127.0.0.1:8700",
      "  bc explorer --port 0                    a free port",
      "  curl 'http://127.0.0.1:8700/api/claims?phase=disputed'"
    })
final class ExplorerCommand extends BcCommand {
  private static final int MAX_PORT = 65535;
  private static final long POLL_MILLIS = 1000;

  @Mixin private SettingOptions settingOptions;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8700",
      description = "Listen at 127.0.0.1:N; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > MAX_PORT) {
      throw new CommandException("option '--port': expected 0 to " + MAX_PORT);
    }
    Settings settings = context.settings(settingOptions);
    try (ChainInUse chain = ChainInUse.open(context);
        ExplorerServer server = start(new StoreExplorerSource(context, settings, chain))) {
      context.messages().println(server.url());
      new CountDownLatch(1).await();
    } catch (NodeException e) {
      throw ChainInUse.told(e);
    } catch (InterruptedException e) {
      // Ctrl-C is how it ends.
    }
    return 0;
  }

  private ExplorerServer start(StoreExplorerSource source) {
    try {
      return new ExplorerServer(source, port, POLL_MILLIS, context.messages()::warning);
    } catch (IOException e) {
      throw new CommandException(
          "cannot listen at 127.0.0.1:" + port + ": " + e.getMessage() + "; try '--port 0'");
    }
  }
}
