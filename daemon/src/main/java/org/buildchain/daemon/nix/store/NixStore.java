package org.buildchain.daemon.nix.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.buildchain.daemon.command.CommandException;
import org.buildchain.daemon.command.Program;
import org.buildchain.daemon.nix.program.NixCommand;
import org.buildchain.daemon.nix.program.SettingFlags;
import org.buildchain.daemon.server.Invocation;
import picocli.CommandLine;

/**
 * {@code nix-store}: an option says which operation is meant, and may stand anywhere. Source: Nix
 * manual, "nix-store".
 */
public final class NixStore implements Program {
  public static final String NAME = "nix-store";

  /** Options of each operation, the first its name. */
  private enum Operation {
    REALISE(StoreRealise::new, "--realise", "--realize", "-r"),
    QUERY(StoreQuery::new, "--query", "-q"),
    ADD(StoreAddPaths::new, "--add", "-A"),
    ADD_FIXED(StoreAddFixed::new, "--add-fixed"),
    PRINT_FIXED_PATH(StoreFixedPath::new, "--print-fixed-path"),
    DUMP(StoreDump::new, "--dump"),
    EXPORT(StoreExport::new, "--export"),
    IMPORT(StoreImport::new, "--import"),
    RESTORE(StoreRestore::new, "--restore"),
    GC(StoreGc::new, "--gc"),
    DELETE(StoreDelete::new, "--delete"),
    VERIFY(StoreVerify::new, "--verify"),
    VERIFY_PATH(StoreVerifyPath::new, "--verify-path"),
    REPAIR_PATH(StoreRepairPath::new, "--repair-path"),
    CHECK_VALIDITY(StoreCheckValidity::new, "--check-validity"),
    PRINT_ENV(StorePrintEnv::new, "--print-env"),
    READ_LOG(StoreReadLog::new, "--read-log", "-l"),
    DUMP_DB(StoreDumpDb::new, "--dump-db"),
    SERVE(StoreServe::new, "--serve"),
    LOAD_DB(StoreLoadDb::new, "--load-db"),
    GENERATE_KEY(StoreGenerateKey::new, "--generate-binary-cache-key"),
    OPTIMISE(
        () ->
            new StoreNothingToDo(
                "nothing to do: what files have in common is stored once from the start"),
        "--optimise",
        "--optimize"),
    INIT(() -> new StoreNothingToDo(""), "--init");

    private final Supplier<NixCommand> command;
    private final List<String> options;

    Operation(Supplier<NixCommand> command, String... options) {
      this.command = command;
      this.options = List.of(options);
    }

    String line() {
      return NAME + " " + options.getFirst();
    }
  }

  @Override
  public Map<String, Supplier<CommandLine>> lines() {
    Map<String, Supplier<CommandLine>> lines = new LinkedHashMap<>();
    lines.put(NAME, () -> new NixStoreHelp().line());
    for (Operation o : Operation.values()) {
      lines.put(o.line(), () -> o.command.get().line());
    }
    return lines;
  }

  @Override
  public Choice choose(Invocation invocation) {
    List<String> args = invocation.args();
    Optional<Operation> operation = Optional.empty();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      String kept = arg;
      for (Operation o : Operation.values()) {
        String without = without(kept, o);
        if (!without.equals(kept)) {
          if (operation.isPresent() && operation.get() != o) {
            throw new CommandException("only one operation may be specified");
          }
          operation = Optional.of(o);
          kept = without;
        }
      }
      if (!kept.isEmpty() || arg.isEmpty()) {
        rest.add(kept);
      }
      int values = arg.equals("--option") ? 2 : arg.equals("--add-root") ? 1 : 0;
      for (; values > 0 && i + 1 < args.size(); values--) {
        rest.add(args.get(++i));
      }
    }
    String line = operation.map(Operation::line).orElse(NAME);
    return new Choice(line, line, SettingFlags.spelledOut(NAME, rest));
  }

  /** The argument without what chooses this operation: {@code -qR} is {@code -q -R}. */
  private static String without(String arg, Operation o) {
    if (o.options.contains(arg)) {
      return "";
    }
    if (!arg.matches("-[A-Za-z]{2,}")) {
      return arg;
    }
    String kept = arg;
    for (String option : o.options) {
      if (option.length() == 2) {
        kept = kept.replace(option.substring(1), "");
      }
    }
    return kept.equals("-") ? "" : kept;
  }
}
