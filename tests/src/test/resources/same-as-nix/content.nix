# What an output may hold.
{ sh, repeat }:
{
  empty-file = sh {
    name = "empty-file";
    script = ": >$out";
  };
  text = sh {
    name = "text";
    script = "echo hello >$out";
  };
  program = sh {
    name = "program";
    script = ''
      printf '#!/bin/sh\necho ran\n' >$out
      chmod +x $out
    '';
  };
  empty-folder = sh {
    name = "empty-folder";
    script = "mkdir $out";
  };
  empty-folders = sh {
    name = "empty-folders";
    script = "mkdir -p $out/a/b $out/c $out/a/d/e/f";
  };
  a-link = sh {
    name = "a-link";
    script = "ln -s /nowhere/at/all $out";
  };
  links = sh {
    name = "links";
    script = ''
      mkdir $out
      ln -s . $out/here
      ln -s ../.. $out/up
      ln -s missing $out/dangling
      ln -s "a target with blanks" "$out/a link with blanks"
      echo x >$out/file
      ln -s file $out/relative
    '';
  };
  deep = sh {
    name = "deep";
    script = ''
      mkdir -p $out
      cd $out
      i=0
      while [ $i -lt 100 ]; do mkdir d; cd d; i=$((i + 1)); done
      echo bottom >file
    '';
  };
  wide = sh {
    name = "wide";
    script = ''
      mkdir $out
      i=0
      while [ $i -lt 3000 ]; do echo $i >$out/file-$i; i=$((i + 1)); done
    '';
  };
  # The names alone take more than 256 KiB.
  very-wide = sh {
    name = "very-wide";
    script = ''
      mkdir $out
      i=0
      while [ $i -lt 2000 ]; do : >$out/${repeat 200 "x"}-$i; i=$((i + 1)); done
    '';
  };
  odd-names = sh {
    name = "odd-names";
    script = ''
      mkdir $out
      cd $out
      for n in 'a b' '-dash' '"' "it's" '\' '$x' '*' '~' '#' '%41' 'caf\0303\0251' '\0377\0376' 'tab\t' 'line\nbreak' '.hidden' 'A' 'a' 'Z' '_' '...'; do
        n=$(printf %b. "$n")
        echo "$n" >"./''${n%.}"
      done
      echo longest >./${repeat 255 "n"}
    '';
  };
  order = sh {
    name = "order";
    script = ''
      mkdir -p $out/a $out/a.b $out/a-b $out/ab
      touch $out/a/x $out/a.b/x $out/a-b/x $out/ab/x $out/a0 $out/a+ "$out/a "
    '';
  };
  just-below-a-chunk = sh {
    name = "just-below-a-chunk";
    script = "yes below | head -c 1048575 >$out";
  };
  a-chunk = sh {
    name = "a-chunk";
    script = "yes exact | head -c 1048576 >$out";
  };
  just-above-a-chunk = sh {
    name = "just-above-a-chunk";
    script = "yes above | head -c 1048577 >$out";
  };
  large = sh {
    name = "large";
    script = "yes 'a line of a large file' | head -c 7654321 >$out; chmod +x $out";
  };
  holes = sh {
    name = "holes";
    script = "mkdir $out; truncate -s 20000000 $out/sparse; printf x >>$out/sparse";
  };
  modes = sh {
    name = "modes";
    script = ''
      mkdir $out
      cd $out
      for m in 600 644 666 755 777 700 744 654 655 611 500 400; do echo $m >$m; chmod $m $m; done
      mkdir closed
      touch -d 2001-01-01 600
      chmod 500 closed
    '';
  };
  hard-links = sh {
    name = "hard-links";
    script = "mkdir $out; echo shared >$out/a; ln $out/a $out/b; ln $out/a $out/c";
  };
  all-bytes = sh {
    name = "all-bytes";
    script = ''
      i=0
      while [ $i -lt 256 ]; do printf "\\$(printf %03o $i)"; i=$((i + 1)); done >$out
    '';
  };
  name-characters = sh {
    name = "0+a-b._c?d=E";
    script = "echo named >$out";
  };
  longest-name = sh {
    name = repeat 200 "l";
    script = "echo long >$out";
  };
}
