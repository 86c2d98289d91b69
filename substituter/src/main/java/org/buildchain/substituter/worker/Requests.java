package org.buildchain.substituter.worker;

import java.io.IOException;
import org.buildchain.substituter.worker.wire.Operation;
import org.buildchain.substituter.worker.wire.WorkerLog;

/** Gives each request to what answers it. */
final class Requests {
  private final Conversation c;
  private final Queries queries;
  private final Additions additions;
  private final Building building;
  private final Upkeep upkeep;

  Requests(Conversation c) {
    this.c = c;
    this.queries = new Queries(c);
    this.additions = new Additions(c);
    this.building = new Building(c);
    this.upkeep = new Upkeep(c);
  }

  void perform(Operation operation) throws IOException, InterruptedException {
    switch (operation) {
      case IS_VALID_PATH -> queries.isValidPath();
      case QUERY_VALID_PATHS -> queries.validPaths();
      case QUERY_ALL_VALID_PATHS -> queries.allValidPaths();
      case QUERY_PATH_INFO -> queries.pathInfo();
      case QUERY_REFERRERS -> queries.referrers();
      case QUERY_VALID_DERIVERS -> queries.validDerivers();
      case QUERY_DERIVER -> queries.deriver();
      case QUERY_PATH_FROM_HASH_PART -> queries.byHashPart();
      case QUERY_DERIVATION_OUTPUT_MAP -> queries.derivationOutputMap();
      case QUERY_DERIVATION_OUTPUT_NAMES -> queries.derivationOutputNames();
      case HAS_SUBSTITUTES -> queries.hasSubstitutes();
      case QUERY_SUBSTITUTABLE_PATHS -> queries.substitutablePaths();
      case QUERY_SUBSTITUTABLE_PATH_INFOS -> queries.substitutablePathInfos();
      case QUERY_MISSING -> queries.missing();
      case QUERY_REALISATION -> queries.realisation();
      case NAR_FROM_PATH -> queries.nar();
      case ADD_TO_STORE -> additions.addToStore();
      case ADD_TEXT_TO_STORE -> additions.addText();
      case ADD_TO_STORE_NAR -> additions.addNar();
      case ADD_MULTIPLE_TO_STORE -> additions.addMultiple();
      case ADD_SIGNATURES -> additions.addSignatures();
      case ADD_BUILD_LOG -> additions.addBuildLog();
      case REGISTER_DRV_OUTPUT -> additions.registerOutput();
      case BUILD_PATHS -> building.buildPaths();
      case BUILD_PATHS_WITH_RESULTS -> building.buildPathsWithResults();
      case BUILD_DERIVATION -> building.buildDerivation();
      case ENSURE_PATH -> building.ensurePath();
      case ADD_TEMP_ROOT -> upkeep.addTempRoot();
      case ADD_INDIRECT_ROOT -> upkeep.addIndirectRoot();
      case ADD_PERM_ROOT -> upkeep.addPermRoot();
      case FIND_ROOTS -> upkeep.findRoots();
      case COLLECT_GARBAGE -> upkeep.collectGarbage();
      case VERIFY_STORE -> upkeep.verify();
      case OPTIMISE_STORE -> upkeep.optimise();
      case SYNC_WITH_GC -> nothing();
      case SET_OPTIONS -> {
        ClientOptions options = ClientOptions.read(c.in(), c.log());
        c.log().start();
        c.service()
            .options(
                options, c.trusted(), w -> c.log().message(WorkerLog.Level.WARN, "warning: " + w));
        c.log().done();
      }
    }
  }

  /** There is no lock to wait for. */
  private void nothing() throws IOException {
    c.log().start();
    c.log().done();
    c.out().number(1);
  }
}
