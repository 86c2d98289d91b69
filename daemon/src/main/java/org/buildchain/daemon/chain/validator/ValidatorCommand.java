package org.buildchain.daemon.chain.validator;

import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.buildchain.chain.abi.Address;
import org.buildchain.chain.network.Constants;
import org.buildchain.chain.rpc.NodeException;
import org.buildchain.chain.rpc.Sender;
import org.buildchain.chain.validator.Leaving;
import org.buildchain.chain.validator.Stakes;
import org.buildchain.chain.validator.Validator;
import org.buildchain.chain.wallet.Key;
import org.buildchain.daemon.chain.network.ChainInUse;
import org.buildchain.daemon.chain.network.WalletOptions;
import org.buildchain.daemon.chain.output.Evidence;
import org.buildchain.daemon.command.BcCommand;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.SettingOptions;
import org.buildchain.daemon.settings.Settings;
import org.buildchain.store.format.FormatException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Rebuilds what others claim. */
@Command(
    name = "validator",
    description = "Rebuilds what others claim, for a reward.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bc validator run --password-file password",
      "  bc validator run --wallet 0x9d8a --stake 6000",
      "  bc validator leave                        get the stake back"
    })
public final class ValidatorCommand extends BcCommand {
  @Spec private CommandSpec spec;

  /** Its command line, ready to parse. */
  public static CommandLine line() {
    return new CommandLine(new ValidatorCommand())
        .addSubcommand("run", new Run())
        .addSubcommand("leave", new ValidatorLeaveCommand())
        .addSubcommand("status", new ValidatorStatusCommand());
  }

  @Override
  public Integer call() {
    context.messages().note(spec.commandLine().getUsageMessage());
    return 1;
  }

  /** Serves until Ctrl-C. */
  @Command(
      name = "run",
      description = {
        "Stakes, waits to be drawn for claims and disputes, rebuilds, reports, and collects"
            + " rewards, until Ctrl-C. Started again it goes on with what is open: a validator"
            + " that is away when it is drawn loses a little, one that does not reveal what it"
            + " committed to loses more. 'bc validator leave' gives the stake back.",
        "",
        "Derivations are fetched by CID from the setting 'gateways'. Several validators can run"
            + " on one machine, each with a wallet of its own."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  bc validator run --password-file password",
        "  bc validator run --option gateways 'http://publisher.example.org:5000'"
      })
  static final class Run extends BcCommand {
    private static final long POLL_MILLIS = 500;
    private static final long COLLECT_EVERY = 600;
    private static final int MOST_JOBS = 4;

    @Mixin private WalletOptions wallet;

    @Mixin private SettingOptions settingOptions;

    @Option(
        names = "--stake",
        paramLabel = "BCT",
        description = "Stake so many BCT in all. Default: the least that is allowed.")
    private Optional<Long> stake = Optional.empty();

    @Option(
        names = "--max-download",
        paramLabel = "BYTES",
        defaultValue = "4294967296",
        description = "Decline derivations that are larger. Default: 4 GiB.")
    private long maxDownload;

    @Option(
        names = "--max-time",
        paramLabel = "SECONDS",
        defaultValue = "0",
        description = "Decline derivations whose build takes longer. Default: 0, any time.")
    private long maxTime;

    @Option(
        names = "--patience",
        paramLabel = "N",
        defaultValue = "3",
        description =
            "Leave it to others for N blocks to move claims on. Default: ${DEFAULT-VALUE}.")
    private long patience;

    @Option(
        names = "--market",
        paramLabel = "BCT",
        defaultValue = "1",
        description = {
          "Liquidity of the markets that it opens for disputes about its reports, to give its"
              + " evidence; 1.1 times that is at risk in each. 0 opens none."
              + " Default: ${DEFAULT-VALUE}."
        })
    private long market;

    @Override
    public Integer call() throws Exception {
      if (market < 0) {
        throw new CommandException("option '--market': expected 0 or more");
      }
      Settings settings = context.settings(settingOptions);
      Key key = wallet.key(context);
      try (ChainInUse chain = ChainInUse.open(context);
          ExecutorService builds =
              Executors.newThreadPerTaskExecutor(
                  Thread.ofVirtual().name("bc-validator-", 0).factory())) {
        Stakes stakes = new Stakes(chain.claims(), Sender.of(chain.node(), key));
        BigInteger wanted = stake.map(Constants::bct).orElse(stakes.least());
        Optional<Leaving> leaving = Leaving.of(chain.claims(), key.address());
        if (leaving.isEmpty()) {
          awaitFunds(stakes, key.address(), wanted);
          stakes.stake(wanted);
        }
        Validator validator =
            new Validator(
                chain.claims(),
                key,
                new StoreRebuilder(context, settings, maxDownload, maxTime),
                new Validator.Options(
                    ChainInUse.folder(context).resolve("validators/" + key.address().toString()),
                    patience,
                    MOST_JOBS),
                builds,
                this::tell);
        EvidenceGiver evidence =
            new EvidenceGiver(
                chain.claims(),
                Sender.of(chain.node(), key),
                new Evidence(context, settings),
                Constants.bct(market),
                builds,
                this::tell);
        context
            .messages()
            .println(
                "validator "
                    + key.address()
                    + (leaving.isEmpty()
                        ? " is available"
                        : " is leaving: it serves what is open"));
        try {
          serve(validator, stakes, evidence);
        } finally {
          builds.shutdownNow();
        }
      } catch (NodeException e) {
        throw ChainInUse.told(e);
      } catch (InterruptedException e) {
        // Ctrl-C is how it ends.
      }
      return 0;
    }

    /** A new wallet may be given what it needs a moment later. */
    private void awaitFunds(Stakes stakes, Address self, BigInteger stake)
        throws InterruptedException {
      for (boolean told = false; !stakes.affords(stake); told = true) {
        if (!told) {
          context
              .messages()
              .warning(
                  self
                      + " needs "
                      + ChainInUse.amount(stake, "BCT")
                      + " for its stake, and ether for fees; waiting until it has them");
        }
        pause();
      }
    }

    private void pause() throws InterruptedException {
      if (context.caller().cancelled()) {
        throw new InterruptedException();
      }
      Thread.sleep(POLL_MILLIS);
    }

    private void tell(String text) {
      if (text.startsWith("warning: ")) {
        context.messages().warning(text.substring("warning: ".length()));
      } else {
        context.messages().note(text);
      }
    }

    private void serve(Validator validator, Stakes stakes, EvidenceGiver evidence)
        throws InterruptedException {
      String problem = "";
      long period = -1;
      for (long round = 0; ; round++) {
        try {
          validator.step();
          evidence.step();
          if (round % COLLECT_EVERY == 0) {
            BigInteger collected = stakes.collect(period < 0 ? stakes.currentPeriod() - 8 : period);
            period = stakes.currentPeriod();
            if (collected.signum() > 0) {
              tell("collected " + ChainInUse.amount(collected, "BCT"));
            }
          }
          problem = "";
        } catch (NodeException | FormatException e) {
          // It may be back in a moment; the chain remembers everything.
          if (!e.getMessage().equals(problem)) {
            context.messages().warning(e.getMessage());
          }
          problem = e.getMessage();
        }
        pause();
      }
    }
  }
}
