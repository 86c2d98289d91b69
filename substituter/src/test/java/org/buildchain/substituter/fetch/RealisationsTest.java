package org.buildchain.substituter.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.buildchain.store.Store.RealisationId;
import org.buildchain.store.format.FormatException;
import org.buildchain.store.format.Octets;
import org.buildchain.store.path.StorePath;
import org.buildchain.substituter.signature.PublicKey;
import org.buildchain.substituter.worker.wire.Realisation;
import org.junit.jupiter.api.Test;

/**
 * The files are what Nix 2.26.3 copied to a cache of {@code content-addressed.nix} (module
 * derivation), built with a key: {@code nix copy --to file:///… -f content-addressed.nix deferred}.
 */
class RealisationsTest {
  private static final PublicKey KEY =
      PublicKey.parse("test-1:qmIY+QxVu/Re7yK9mUekBxYXOSxpLW8dXbv63aZSL58=");
  private static final String PLAIN_ID =
      "sha256:ba46c26a85b2ac0e602486a142acd23fd05e42ed5332850fab22107d15d48117!out";
  private static final String PLAIN =
      "{\"dependentRealisations\":{},\"id\":\""
          + PLAIN_ID
          + "\",\"outPath\":\"r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain\",\"signatures\":[\"test-1:UhM7Qk6Ze5WGfqJ5+o/5A/NvDCe0RUXu5P0Hpdcox7T+VHRh6fgFpn1eSYyb1qThIG0GrENexc6iQQkZ7zs0Cg==\"]}";
  private static final String DEFERRED_ID =
      "sha256:de11c83940af4849da44d14ec83fd603373b1dcf5edc3107efa64b289e79bef2!out";
  private static final String DEFERRED =
      "{\"dependentRealisations\":{\""
          + PLAIN_ID
          + "\":\"r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain\"},\"id\":\""
          + DEFERRED_ID
          + "\",\"outPath\":\"8h5bsy6alzfn93z2p2syc4br5gchkwmq-deferred\",\"signatures\":[\"test-1:sWxcbDF9wACKQTM8kAhheEHdeUrjR/bzGp8F7vr/bQCQWAcq97VyeO9BmfK5PCTuJdqe276HAj+VskSBFbk9AA==\"]}";

  private final Map<String, String> files = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<RealisationId, StorePath> here = new HashMap<>();
  private Predicate<Realisation> believed =
      r -> r.signatures().stream().anyMatch(s -> KEY.verifies(s, r.fingerprint()));

  RealisationsTest() {
    files.put("realisations/" + PLAIN_ID + ".doi", PLAIN);
    files.put("realisations/" + DEFERRED_ID + ".doi", DEFERRED);
  }

  private Set<RealisationId> closure(String id) {
    return new Realisations(
            "http://cache",
            name -> Optional.ofNullable(files.get(name)).map(Octets::bytes),
            r -> believed.test(r),
            warnings::add)
        .closure(RealisationId.parse(id), i -> Optional.ofNullable(here.get(i)))
        .keySet();
  }

  @Test
  void printsAndSignsWhatNixDoes() {
    for (String text : List.of(PLAIN, DEFERRED)) {
      Realisation realisation = Realisation.parse(text);
      assertEquals(text, realisation.json());
      assertTrue(believed.test(realisation));
    }
  }

  @Test
  void comesWithWhatItWasMadeWith() {
    assertEquals(
        Set.of(RealisationId.parse(DEFERRED_ID), RealisationId.parse(PLAIN_ID)),
        closure(DEFERRED_ID));
  }

  @Test
  void whatIsKnownHereIsNotAskedFor() {
    here.put(
        RealisationId.parse(PLAIN_ID),
        StorePath.parse("r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain"));
    files.remove("realisations/" + PLAIN_ID + ".doi");
    assertEquals(Set.of(RealisationId.parse(DEFERRED_ID)), closure(DEFERRED_ID));
  }

  @Test
  void isPassedOverWhereTheSameOutputIsAnotherHere() {
    here.put(
        RealisationId.parse(PLAIN_ID),
        StorePath.parse("rakd8qbcj68qsg7fc5rjaqxdvjls3s2w-ca-plain"));
    assertEquals(Set.of(), closure(DEFERRED_ID));
    assertEquals(
        List.of(
            "substituter 'http://cache' has an incompatible realisation for '"
                + PLAIN_ID
                + "', ignoring.\nLocal:  rakd8qbcj68qsg7fc5rjaqxdvjls3s2w-ca-plain\n"
                + "Remote: r61wfaflsx60i73971nfijhryi9hlcp4-ca-plain"),
        warnings);
  }

  @Test
  void isPassedOverWhereTheCacheContradictsItself() {
    believed = _ -> true;
    files.put(
        "realisations/" + PLAIN_ID + ".doi",
        PLAIN.replace("r61wfaflsx60i73971nfijhryi9hlcp4", "rakd8qbcj68qsg7fc5rjaqxdvjls3s2w"));
    assertEquals(Set.of(), closure(DEFERRED_ID));
    assertTrue(warnings.getFirst().contains("incompatible"), warnings.toString());
  }

  @Test
  void isPassedOverWhereSomethingBelowIsMissingOrNotSigned() {
    String name = "realisations/" + PLAIN_ID + ".doi";
    files.put(name, PLAIN.replace("UhM7", "UhM8"));
    assertEquals(Set.of(), closure(DEFERRED_ID));
    files.remove(name);
    assertEquals(Set.of(), closure(DEFERRED_ID));
  }

  @Test
  void signaturesVouchForWhatItWasMadeWith() {
    assertFalse(
        believed.test(Realisation.parse(DEFERRED.replace("r61wfaflsx60i739", "rakd8qbcj68qsg7f"))));
  }

  @Test
  void nonsenseIsRefused() {
    for (String wrong :
        List.of(
            PLAIN.replace("!out", ""),
            PLAIN.replace("test-1:", "te\\nst-1:"),
            PLAIN.replace("\"dependentRealisations\":{}", "\"dependentRealisations\":{\"x\":1}"),
            PLAIN.replace("-ca-plain", "/../x"))) {
      assertThrows(FormatException.class, () -> Realisation.parse(wrong), wrong);
    }
    files.put("realisations/" + PLAIN_ID + ".doi", DEFERRED);
    assertEquals(Set.of(), closure(PLAIN_ID));
    assertTrue(warnings.getFirst().contains("is about another output"), warnings.toString());
  }
}
