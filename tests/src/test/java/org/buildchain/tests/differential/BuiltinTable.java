package org.buildchain.tests.differential;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The builtins with the types of their arguments and results ({@link Types}). In brackets: the type
 * of a function, arguments and then result.
 */
final class BuiltinTable {
  /** A builtin: the types of its arguments, each a letter or a function's in brackets. */
  record Signature(String name, List<String> arguments, char result) {}

  private static final String ALL =
      """
      add n n > n
      sub n n > n
      mul n n > n
      div n n > n
      add i i > i
      sub i i > i
      mul i i > i
      div i i > i
      div f n > f
      bitAnd i i > i
      bitOr i i > i
      bitXor i i > i
      ceil f > i
      floor f > i
      ceil n > i
      lessThan n n > b
      lessThan s s > b
      lessThan l l > b
      toString a > s
      toString l > s
      toString n > s
      toString f > s
      stringLength s > i
      substring i i s > s
      substring k k s > s
      concatStringsSep s S > s
      concatStringsSep s l > s
      replaceStrings S S s > s
      replaceStrings S S s > s
      match r s > a
      split r s > l
      toJSON a > j
      toJSON t > j
      fromJSON j > a
      fromJSON s > a
      toXML a > s
      hashString h s > s
      hashFile h p > s
      attrNames t > S
      attrValues t > l
      hasAttr d t > b
      getAttr d t > a
      removeAttrs t S > t
      intersectAttrs t t > t
      listToAttrs P > t
      mapAttrs (saa) t > t
      catAttrs d T > l
      zipAttrsWith (sla) T > t
      functionArgs F > t
      isAttrs a > b
      isBool a > b
      isFloat a > b
      isFunction a > b
      isInt a > b
      isList a > b
      isNull a > b
      isPath a > b
      isString a > b
      typeOf a > s
      elemAt l k > a
      elemAt I k > i
      elemAt S k > s
      head I > i
      head S > s
      head l > a
      head T > t
      tail l > l
      tail I > I
      tail S > S
      map (ai) l > I
      map (as) l > S
      map (aa) l > l
      map (ii) I > I
      map (ss) S > S
      filter (ib) I > I
      filter (ab) l > l
      filter (sb) S > S
      elem a l > b
      elem i I > b
      concatLists L > l
      concatMap (al) l > l
      concatMap (iI) I > I
      length l > i
      foldl' (iii) i I > i
      foldl' (sas) s l > s
      foldl' (aaa) a l > a
      any (ab) l > b
      all (ib) I > b
      all (ab) l > b
      sort (iib) I > I
      sort (ssb) S > S
      sort (aab) l > l
      sort (ffb) I > I
      partition (ib) I > t
      partition (ab) l > t
      groupBy (as) l > t
      groupBy (is) I > t
      genList (ka) k > l
      genList (ii) k > I
      seq a a > a
      seq a i > i
      seq a s > s
      deepSeq a a > a
      deepSeq l t > t
      tryEval a > t
      trace s a > a
      addErrorContext s a > a
      parseDrvName v > t
      parseDrvName s > t
      compareVersions v v > i
      compareVersions s s > i
      splitVersion v > S
      baseNameOf s > s
      baseNameOf p > s
      dirOf s > s
      dirOf p > p
      pathExists p > b
      readDir p > t
      readFile p > s
      import p > a
      fromTOML m > t
      toFile d s > c
      toPath s > s
      placeholder s > s
      getContext c > t
      getContext s > t
      hasContext s > b
      hasContext c > b
      unsafeDiscardStringContext c > s
      unsafeDiscardStringContext s > s
      unsafeDiscardOutputDependency c > c
      appendContext s t > s
      unsafeGetAttrPos d t > a
      genericClosure t > l
      getEnv s > s
      path t > c
      filterSource (asb) p > c
      derivationStrict t > t
      derivation t > D
      scopedImport t p > a
      findFile l s > p
      """;

  private static final String SINCE_2_26 =
      """
      convertHash t > s
      readFileType p > s
      warn s a > a
      addDrvOutputDependencies c > c
      break a > a
      traceVerbose s a > a
      """;

  private final List<Signature> all = new ArrayList<>();
  private final Map<Character, List<Signature>> byResult = new HashMap<>();

  BuiltinTable(boolean recent) {
    for (String line : (recent ? ALL + SINCE_2_26 : ALL).lines().toList()) {
      String[] words = line.split(" ");
      Signature s =
          new Signature(
              words[0],
              List.of(words).subList(1, words.length - 2),
              words[words.length - 1].charAt(0));
      all.add(s);
      byResult.computeIfAbsent(s.result, c -> new ArrayList<>()).add(s);
    }
  }

  /** The builtins that give this type; for {@link Types#ANY} all of them. */
  List<Signature> giving(char type) {
    return type == Types.ANY ? all : byResult.getOrDefault(type, List.of());
  }

  List<Signature> all() {
    return all;
  }
}
