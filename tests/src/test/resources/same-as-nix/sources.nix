# Files and folders that are copied into the store.
{ sh, ... }:
let
  list = src: sh {
    name = "list";
    inherit src;
    script = ''
      cd $src
      find . | LC_ALL=C sort >$out
      find . -type f -exec cat {} + | wc -c >>$out
      echo $src >>$out
    '';
  };
  show =
    src:
    sh {
      name = "show";
      inherit src;
      script = "cat $src >$out; echo $src >>$out; test ! -x $src || echo x >>$out";
    };
in
{
  folder = list ./src;
  file = show ./src/file;
  program = show ./src/builder.sh;
  through-a-string = show "${./src/file}";
  below-a-folder = show "${./src}/sub/inner";
  path-renamed = list (
    builtins.path {
      path = ./src;
      name = "another-name";
    }
  );
  path-filtered = list (
    builtins.path {
      path = ./src;
      name = "filtered";
      filter = path: type: type != "symlink" && builtins.match ".*[.]tmp" path == null;
    }
  );
  path-flat = show (
    builtins.path {
      path = ./src/file;
      name = "flat";
      recursive = false;
    }
  );
  path-flat-executable = show (
    builtins.path {
      path = ./src/builder.sh;
      name = "flat-executable";
      recursive = false;
    }
  );
  path-checked = list (
    builtins.path {
      path = ./src/sub;
      name = "checked";
      sha256 = "0pyygykhmdkbc2wvhca37j7dp0zm65hg5yr82agyqlnjyda419rg";
    }
  );
  filter-source = list (builtins.filterSource (path: type: baseNameOf path != "sub") ./src);
  filter-directories = list (builtins.filterSource (path: type: type != "regular") ./src);
  to-file = show (builtins.toFile "to-file" "content\n");
  to-file-empty = show (builtins.toFile "empty" "");
  read-dir = sh {
    name = "read-dir";
    listing = builtins.toJSON (builtins.readDir ./src);
    content = builtins.readFile ./src/file;
    digest = builtins.hashFile "sha256" ./src/builder.sh;
    script = ''echo "$listing $content $digest" >$out'';
  };
}
