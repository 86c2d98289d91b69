# Makes, in the current folder, the flakes that FlakeTest reads: always the same content and times,
# but for paths to this folder in 'outer', 'locked' and its copies.
set -eu
export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 TZ=UTC
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='2020-01-02T03:04:05Z'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='2020-01-02T03:04:05Z'
umask 022

flake() {
    mkdir -p "$1"
    cat >"$1/flake.nix"
}

flake plain <<'F'
{
  description = "nothing but outputs";
  outputs = { self, ... }@all: {
    value = 1;
    names = builtins.attrNames all;
    here = self.outPath;
    info = builtins.removeAttrs self.sourceInfo [ "outPath" ];
    tree = self.sourceInfo.outPath;
    file = builtins.readFile ./text;
    lib.twice = x: x * 2;
  };
}
F
echo words >plain/text

# Inputs in the same tree, by relative paths.
flake family <<'F'
{
  inputs.child.url = "path:./child";
  inputs.path.url = ./child;
  inputs.text = { url = "path:./text"; flake = false; };
  inputs.both = { url = "path:./both"; inputs.x.follows = "child"; };
  outputs = { self, child, path, text, both }: {
    inherit (child) name;
    same = path.outPath == child.outPath;
    text = text.outPath;
    info = builtins.attrNames text;
    both = both.name;
    child = child.outPath;
    inputs = builtins.mapAttrs (n: builtins.attrNames) both.inputs;
  };
}
F
flake family/child <<'F'
{ outputs = { self }: { name = "child"; }; }
F
flake family/both <<'F'
{
  inputs.x.url = "path:../other";
  outputs = { self, x }: { name = "both of ${x.name}"; };
}
F
mkdir family/text
echo words >family/text/words

git init -q -b main repo
(
    cd repo
    mkdir dir
    cat >flake.nix <<'F'
{ outputs = { self }: { inherit (self) rev shortRev revCount lastModified; sub = ./dir; }; }
F
    cat >dir/flake.nix <<'F'
{ outputs = { self }: { at = self.outPath; tree = self.sourceInfo.outPath; up = import ../v.nix; }; }
F
    echo '"up"' >v.nix
    git add .
    git commit -q -m one
)

# Inputs elsewhere, none of them locked.
flake outer <<F
{
  inputs = {
    plain.url = "path:$PWD/plain";
    family = { url = "$PWD/family"; inputs.child.follows = "plain"; };
    repo = { type = "git"; url = "file://$PWD/repo"; };
    dir.url = "git+file://$PWD/repo?dir=dir";
    raw = { url = "file://$PWD/plain/text"; flake = false; };
  };
  outputs = inputs: {
    names = builtins.attrNames inputs;
    plain = inputs.plain.value;
    child = inputs.family.inputs.child.value;
    repo = inputs.repo.rev;
    dir = inputs.dir.up;
    raw = builtins.readFile inputs.raw;
    types = builtins.mapAttrs (n: i: i._type or "none") inputs;
  };
}
F

# A lock file whose input is there no more by that path, and one input that it lacks.
flake locked <<F
{
  inputs.plain.url = "path:$PWD/gone";
  inputs.child.url = "path:./child";
  outputs = { self, plain, child }: {
    inherit (plain) value info;
    more = child.name;
  };
}
F
flake locked/child <<'F'
{ outputs = { self }: { name = "child"; }; }
F
lock() {
    cat <<F
{
  "nodes": {
    "child": {
      "locked": { "path": "./child", "type": "path" },
      "original": { "path": "./child", "type": "path" },
      "parent": []
    },
    "plain": {
      "locked": {
        "lastModified": 1400000000,
        "narHash": "$1",
        "path": "$PWD/plain",
        "type": "path"
      },
      "original": { "path": "$PWD/gone", "type": "path" }
    },
    "root": { "inputs": { "child": "child", "plain": "plain" } }
  },
  "root": "root",
  "version": 7
}
F
}
lock 'sha256-235uJwcDYhVO8DOd7lSrE2tPv1obZgxtwFDfaMXoGsU=' >locked/flake.lock
cp -r locked wrong
lock 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' >wrong/flake.lock
flake version <<'F'
{ outputs = { self }: { }; }
F
echo '{ "nodes": { "root": { } }, "root": "root", "version": 8 }' >version/flake.lock
cp -r locked unlocked
sed /narHash/d locked/flake.lock >unlocked/flake.lock
cp -r locked missing
sed 's/"plain": "plain"/"plain": "p"/' locked/flake.lock >missing/flake.lock

flake circle <<F
{ inputs.me.url = "path:$PWD/circle"; outputs = { self, me }: { }; }
F
flake overrides <<F
{
  inputs.family.url = "path:$PWD/family";
  inputs.family.inputs.child.url = "path:$PWD/plain";
  inputs.family.inputs.nosuch.follows = "family";
  outputs = { self, family }: { value = family.inputs.child.value; };
}
F
flake selfish <<F
{
  inputs.family.url = "path:$PWD/family";
  inputs.family.inputs.child.follows = "";
  outputs = { self, family }: { name = "myself"; got = family.name; };
}
F

# A lock file that leads in a circle.
cp -r locked ring
sed 's/"plain": {/&\n      "inputs": { "x": "plain" },/' locked/flake.lock >ring/flake.lock

# What commands name.
flake tool <<'F'
{
  outputs = { self }:
    let package = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; };
    in {
      packages.x86_64-linux.default = package "default";
      packages.x86_64-linux.a = package "a";
      legacyPackages.x86_64-linux.b.c = package "bc";
      a = 5;
      n = 6;
      set = { };
      system = builtins ? currentSystem;
      flakes = builtins ? getFlake;
      home = builtins.getEnv "HOME";
    };
}
F
mkdir tool/sub

# What is refused.
flake bad/list <<'F'
[ ]
F
flake bad/function <<'F'
{ outputs }: outputs
F
flake bad/thunk <<'F'
{ description = "a" + "b"; outputs = { self }: { }; }
F
flake bad/description <<'F'
{ description = 5; outputs = { self }: { }; }
F
flake bad/interpolated <<'F'
{ inputs.a.url = "path:${"x"}"; outputs = { self }: { }; }
F
flake bad/none <<'F'
{ description = "x"; }
F
flake bad/set <<'F'
{ outputs = { }; }
F
flake bad/call <<'F'
{ outputs = (x: x) (x: x); }
F
flake bad/attribute <<'F'
{ outputs = { self }: { }; bogus = 1; }
F
flake bad/inputs <<'F'
{ inputs = [ ]; outputs = { self }: { }; }
F
flake bad/letin <<'F'
{ inputs = let x = { }; in x; outputs = { self }: { }; }
F
flake bad/input <<'F'
{ inputs.a = "path:./a"; outputs = { self, a }: { }; }
F
flake bad/url <<'F'
{ inputs.a.url = 5; outputs = { self, a }: { }; }
F
flake bad/flag <<'F'
{ inputs.a.url = "path:./a"; inputs.a.flake = "no"; outputs = { self, a }: { }; }
F
flake bad/extra <<'F'
{ inputs.a.url = "path:./a"; inputs.a.rev = "x"; outputs = { self, a }: { }; }
F
flake bad/typed <<'F'
{ inputs.a = { type = "path"; path = ./a; }; outputs = { self, a }: { }; }
F
flake bad/type <<'F'
{ inputs.a = { type = "path"; bogus = "x"; path = "./a"; }; outputs = { self, a }: { }; }
F
flake bad/nested <<'F'
{ inputs.a = { type = "path"; path = [ ]; }; outputs = { self, a }: { }; }
F
flake bad/follows <<'F'
{ inputs.a.follows = "x y"; outputs = { self, a }: { }; }
F
flake bad/follow <<'F'
{ inputs.a.follows = "nosuch"; outputs = { self, a }: { }; }
F
flake bad/cycle <<'F'
{ inputs.a.follows = "b"; inputs.b.follows = "a"; outputs = { self, a, b }: { }; }
F
flake bad/config <<'F'
{ nixConfig.x = { }; outputs = { self }: { }; }
F
flake bad/configs <<'F'
{ nixConfig.x = [ 1 ]; outputs = { self }: { }; }
F
flake bad/missing <<'F'
{ inputs.a.url = "path:./nosuch"; outputs = { self, a }: { }; }
F
flake bad/fragment <<'F'
{ inputs.a.url = "path:./a#b"; outputs = { self, a }: { }; }
F
flake bad/argument <<'F'
{ outputs = { self, ... }: [ ]; }
F
flake bad/undefined <<'F'
{ outputs = { self }: nosuch; }
F
flake bad/syntax <<'F'
{ outputs = { self }: ; }
F
flake bad/recursive <<'F'
{ outputs = { self }: self; }
F
# Names that a registry of the user's knows.
mkdir -p home/.config/nix
cat >home/.config/nix/registry.json <<F
{
  "version": 2,
  "flakes": [
    {
      "from": { "type": "indirect", "id": "plain" },
      "to": { "type": "path", "path": "$PWD/plain" }
    },
    {
      "from": { "type": "indirect", "id": "again" },
      "to": { "type": "indirect", "id": "plain" }
    },
    {
      "from": { "type": "indirect", "id": "repo" },
      "to": { "type": "git", "url": "file://$PWD/repo" }
    },
    {
      "from": { "type": "indirect", "id": "dir" },
      "to": { "type": "git", "url": "file://$PWD/repo", "dir": "dir" }
    },
    {
      "from": { "type": "indirect", "id": "branch", "ref": "main" },
      "to": { "type": "path", "path": "$PWD/plain" }
    },
    {
      "exact": true,
      "from": { "type": "indirect", "id": "exact" },
      "to": { "type": "git", "url": "file://$PWD/repo" }
    },
    {
      "from": { "type": "path", "path": "$PWD/moved" },
      "to": { "type": "path", "path": "$PWD/plain" }
    },
    {
      "from": { "type": "indirect", "id": "moved" },
      "to": { "type": "path", "path": "$PWD/moved" }
    },
    {
      "from": { "type": "indirect", "id": "one" },
      "to": { "type": "indirect", "id": "two" }
    },
    {
      "from": { "type": "indirect", "id": "two" },
      "to": { "type": "indirect", "id": "one" }
    }
  ]
}
F
flake named <<'F'
{
  inputs.again.url = "plain";
  outputs = { self, plain, dir, again }: {
    a = plain.value;
    b = dir.up;
    c = again.outPath == plain.outPath;
    d = again.lastModified > 0;
  };
}
F

mkdir bad/empty
find . -name .git -prune -o -exec touch -h -d @1500000000 {} +
