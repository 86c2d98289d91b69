# `n` derivations with real dependencies, wide and deep: half of them in layers as wide as a large
# package set, half in chains that cross each other. Each one's builder works for `work` rounds of
# a loop, times 1 to 4. Of what a layer needs its outputs refer to the first; those of chains to
# nothing. `tag` makes them new.
{
  n,
  chains,
  work,
  tag,
}:
let
  inherit (builtins)
    elemAt
    foldl'
    fromJSON
    genList
    ;
  count = fromJSON n;
  lanes = fromJSON chains;
  rounds = fromJSON work;
  width = 100;
  step =
    name: i: keep: inputs:
    derivation {
      name = "step-${name}";
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [
        "-c"
        "i=0; while [ $i -lt ${toString (rounds * (1 + mod (i * 7) 4))} ]; do i=$((i + 1)); done; set -- $inputs; echo ${tag} ${keep} > $out"
      ];
      inherit inputs;
      __impureHostDeps = [
        "/bin"
        "/lib"
        "/lib64"
        "/usr"
      ];
    };
  mod = a: b: a - (a / b) * b;
  # Each layer's steps need three of the layer below.
  layer =
    below: l:
    genList (
      i:
      step "${toString l}-${toString i}" i "$1" (
        if below == [ ] then
          [ ]
        else
          [
            (elemAt below i)
            (elemAt below (mod (i * 7 + 1) width))
            (elemAt below (mod (i * 13 + 5) width))
          ]
      )
    ) width;
  layers = foldl' (below: l: layer below l) [ ] (genList (l: l) (count / 2 / width));
  # Each link needs the last of its own chain and of the next one.
  link =
    below: l:
    genList (
      i:
      step "chain-${toString l}-${toString i}" (i + l) "" (
        if below == [ ] then
          [ ]
        else
          [
            (elemAt below i)
            (elemAt below (mod (i + 1) lanes))
          ]
      )
    ) lanes;
  links = foldl' (below: l: link below l) [ ] (genList (l: l) (count / 2 / lanes));
in
layers ++ links
