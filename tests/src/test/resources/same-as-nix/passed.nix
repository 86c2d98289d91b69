# Values that reach a builder as files.
{ sh, repeat }:
let
  base = sh {
    name = "graph-base";
    script = "echo base >$out";
  };
  user = sh {
    name = "graph-user";
    inherit base;
    script = "mkdir $out; ln -s $base $out/base; echo $out >$out/self";
  };
in
{
  as-file = sh {
    name = "as-file";
    passAsFile = [
      "text"
      "large"
    ];
    text = "passed as a file\n";
    large = repeat 3000 "a large value ";
    small = "as a variable";
    script = ''
      cat $textPath >$out
      wc -c <$largePath >>$out
      echo "$small ''${text-unset} ''${large-unset} $textPath $largePath" >>$out
    '';
  };
  as-file-with-context = sh {
    name = "as-file-with-context";
    passAsFile = "text";
    text = "refers to ${base}\n";
    script = "cat $textPath >$out; cat ${base} >>$out";
  };
  graph = sh {
    name = "graph";
    exportReferencesGraph = [
      "closure"
      user
    ];
    script = "cat closure >$out";
  };
  two-graphs = sh {
    name = "two-graphs";
    exportReferencesGraph = [
      "one"
      base
      "two"
      user
    ];
    script = "mkdir $out; cp one two $out/";
  };
  graph-of-a-derivation = sh {
    name = "graph-of-a-derivation";
    exportReferencesGraph = [
      "drvs"
      user.drvPath
    ];
    script = "grep -c . drvs >$out; grep -o '[^/]*$' drvs | grep graph- | sort -u >>$out";
  };
}
