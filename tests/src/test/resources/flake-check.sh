# Flakes, good and broken, made in the working folder.
flake() {
  mkdir -p "$1"
  { echo '{'; echo '  outputs = { self }:'
    cat <<'N'
    let
      drv = name: derivation {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [ "-c" "echo > $out" ];
        __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ];
      };
      app = { type = "app"; program = "${drv "p"}/bin/p"; meta.description = "an app"; };
    in
N
    cat; echo '    ;'; echo '}'; } > "$1/flake.nix"
}

flake good <<'N'
    {
      packages.x86_64-linux.default = drv "package";
      packages.aarch64-darwin.default = throw "not evaluated";
      checks.x86_64-linux.one = drv "check-one";
      devShells.x86_64-linux.default = drv "shell";
      apps.x86_64-linux.default = app;
      formatter.x86_64-linux = drv "formatter";
      legacyPackages.x86_64-linux.x = throw "not evaluated";
      overlays.default = final: prev: { };
      overlays.other = _: _: { };
      nixosModules.default = { };
      templates.default = { path = ./.; description = "a template"; };
      bundlers.x86_64-linux.default = x: x;
      hydraJobs.a.b = drv "job";
      lib.f = throw "not evaluated";
      nixosConfigurations.host.config.system.build.toplevel = drv "system";
    }
N
flake empty <<'N'
    { }
N
flake unknown <<'N'
    { something = 1; other = { }; darwinModules = { }; }
N
flake old <<'N'
    {
      defaultPackage.x86_64-linux = drv "package";
      defaultApp.x86_64-linux = app;
      devShell.x86_64-linux = drv "shell";
      overlay = final: prev: { };
      nixosModule = { };
      defaultTemplate = { path = ./.; description = "a template"; };
      defaultBundler.x86_64-linux = x: x;
    }
N
flake others <<'N'
    {
      packages.aarch64-linux.default = drv "package";
      packages.i686-linux.default = throw "not built";
      checks.riscv64-linux.default = drv "check";
    }
N
flake text <<'N'
    { packages.x86_64-linux.default = "text"; }
N
flake deep <<'N'
    { packages.x86_64-linux.a.b = drv "b"; }
N
flake notaset <<'N'
    { packages = [ ]; }
N
flake notasystem <<'N'
    { packages.default.x = drv "x"; checks.linux = { }; }
N
flake throws <<'N'
    { packages.x86_64-linux.default = throw "no package"; }
N
flake outputthrows <<'N'
    { checks = throw "no checks"; }
N
flake notaderivation <<'N'
    { formatter.x86_64-linux = { }; }
N
flake nodrvpath <<'N'
    { checks.x86_64-linux.a = { type = "derivation"; name = "a"; }; }
N
flake noname <<'N'
    { checks.x86_64-linux.a = { type = "derivation"; }; }
N
flake apptype <<'N'
    { apps.x86_64-linux.a = { program = "/x"; }; }
N
flake appprogram <<'N'
    { apps.x86_64-linux.a = { type = "app"; }; }
N
flake appmeta <<'N'
    { apps.x86_64-linux.a = { type = "app"; program = "/x"; }; apps.x86_64-linux.b = { type = "app"; program = "/x"; meta = { }; }; }
N
flake appmore <<'N'
    { apps.x86_64-linux.a = app // { extra = 1; }; }
N
flake appset <<'N'
    { apps.x86_64-linux.a = "x"; }
N
flake appnumber <<'N'
    { apps.x86_64-linux.a = app // { program = 1; }; }
N
flake overlayset <<'N'
    { overlays.a = { }; }
N
flake overlayname <<'N'
    { overlays.a = self: super: { }; }
N
flake overlayformals <<'N'
    { overlays.a = { x }: super: { }; }
N
flake overlayold <<'N'
    { overlay = 1; }
N
flake module <<'N'
    { nixosModules.a = throw "no module"; }
N
flake configuration <<'N'
    { nixosConfigurations.a = { config.system.build.toplevel = 1; }; }
N
flake configurationmissing <<'N'
    { nixosConfigurations.a.config.system = { }; }
N
flake template <<'N'
    { templates.a = { path = ./nosuch; description = "x"; }; }
N
flake templatepath <<'N'
    { templates.a = { description = "x"; }; }
N
flake templatetext <<'N'
    { templates.a = { path = ./.; }; }
N
flake templatemore <<'N'
    { templates.a = { path = ./.; description = "x"; welcomeText = "w"; more = 1; }; }
N
flake templatewrong <<'N'
    { templates.a = { path = 1; description = "x"; }; }
N
flake bundler <<'N'
    { bundlers.x86_64-linux.a = 1; }
N
flake job <<'N'
    { hydraJobs = drv "x"; }
N
flake jobtext <<'N'
    { hydraJobs.a.b = "x"; }
N
flake jobdeep <<'N'
    { hydraJobs.a.b.c = drv "c" // { drvPath = throw "no path"; }; }
N
flake fails <<'N'
    { checks.x86_64-linux.bad = derivation { name = "bad"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "exit 3" ]; __impureHostDeps = [ "/bin" "/lib" "/lib64" "/usr" ]; }; }
N
flake several <<'N'
    {
      apps.x86_64-linux.a = { };
      checks.x86_64-linux.a = throw "no check";
      packages.x86_64-linux.a = throw "no package";
      something = 1;
    }
N
flake warned <<'N'
    { packages.x86_64-linux.a = builtins.warn "careful" (drv "a"); }
N
mkdir broken nooutputs
echo '{ outputs = ' > broken/flake.nix
echo '{ description = "x"; }' > nooutputs/flake.nix
