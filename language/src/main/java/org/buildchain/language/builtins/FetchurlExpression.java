package org.buildchain.language.builtins;

import org.buildchain.language.eval.Value;
import org.buildchain.language.syntax.Source;

/** {@code <nix/fetchurl.nix>}: a derivation that the store itself builds by downloading. */
final class FetchurlExpression {
  private static final String NAME = "/fetchurl.nix";

  /** The path that stands for the expression. */
  static final String PATH = Value.Path.INTERNAL + NAME;

  /**
   * Written from the documentation of its arguments (Nix manual, release notes 1.8 and 2.0); its
   * arguments and attributes stand where those of Nix do, for traces and unsafeGetAttrPos.
   */
  private static final String TEXT =
      """

      {
        system ? "",
        url,
        hash ? "",


        md5 ? "",
        sha1 ? "",
        sha256 ? "",
        sha512 ? "",
        outputHash ?
          if hash != ""
          then hash
          else if sha512 != ""
          then sha512
          else if sha1 != ""
          then sha1
          else if md5 != ""
          then md5
          else
            sha256,
        outputHashAlgo ?
          if hash != ""
          then ""
          else if sha512 != ""
          then "sha512"
          else if sha1 != ""
          then "sha1"
          else if md5 != ""
          then "md5"
          else
            "sha256",

        executable ? false,
        unpack ? false,
        name ? baseNameOf (toString url),
        impure ? false,
      }:

      derivation (
        {
          builder = "builtin:fetchurl";


          outputHashMode = if unpack || executable then "recursive" else "flat";

          inherit
            name
            url
            executable
            unpack
            ;

          system = "builtin";


          preferLocalBuild = true;


          impureEnvVars = [
            "http_proxy"
            "https_proxy"
            "ftp_proxy"
            "all_proxy"
            "no_proxy"
          ];


          urls = [ url ];
        }
        // (if impure then { __impure = true; } else { inherit outputHashAlgo outputHash; })
      )
      """;

  private FetchurlExpression() {}

  static Source source() {
    return Source.internal(NAME, TEXT);
  }
}
