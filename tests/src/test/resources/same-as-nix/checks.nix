# Conditions on outputs, all kept.
{ sh, ... }:
let
  base = sh {
    name = "checks-base";
    script = "echo base >$out";
  };
  user = sh {
    name = "checks-user";
    inherit base;
    script = "ln -s $base $out";
  };
  check =
    extra:
    sh (
      {
        name = "checked";
        inherit base user;
        script = "echo $user >$out";
      }
      // extra
    );
in
{
  allowed-references = check { allowedReferences = [ user ]; };
  allowed-requisites = check {
    allowedRequisites = [
      base
      user
    ];
  };
  disallowed-references = check { disallowedReferences = [ base ]; };
  disallowed-requisites = check { disallowedRequisites = [ (check { }) ]; };
  none-allowed = sh {
    name = "none-allowed";
    allowedReferences = [ ];
    script = "echo nothing >$out";
  };
  own-output-allowed = sh {
    name = "own-output-allowed";
    outputs = [
      "out"
      "lib"
    ];
    allowedReferences = [
      "out"
      "lib"
    ];
    script = "echo $lib $out >$out; echo lib >$lib";
  };
  hints = sh {
    name = "hints";
    preferLocalBuild = true;
    allowSubstitutes = false;
    requiredSystemFeatures = [ ];
    enableParallelBuilding = true;
    script = "echo \"$preferLocalBuild,$allowSubstitutes\" >$out";
  };
}
