# The builder of what `bc print-dev-env` and `bc develop` read: sets the environment up as the
# derivation's builder would and writes it to an output, as words with a zero byte behind each:
#   variable NAME VALUE | exported NAME VALUE | array NAME COUNT VALUE...
#   associative NAME COUNT KEY VALUE... | function NAME DEFINITION | file NAME CONTENT
set -e
if [ -e "${NIX_ATTRS_SH_FILE-}" ]; then source "$NIX_ATTRS_SH_FILE"; fi
export IN_NIX_SHELL=impure
export dontAddDisableDepTrack=1
if [[ -n ${stdenv-} ]]; then source "$stdenv/setup"; fi
set +u

_bc_variables="$(declare -p)"
_bc_functions="$(declare -F)"

_bc_variable() {
  local _bc_flags _bc_key
  # A line in the middle of a value may look like a declaration.
  _bc_flags="$(declare -p "$1" 2>/dev/null)" || return 0
  _bc_flags="${_bc_flags#declare }"
  case "${_bc_flags%% *}" in
    --) printf '%s\0' variable "$1" "${!1}" ;;
    -x) printf '%s\0' exported "$1" "${!1}" ;;
    -a)
      declare -n _bc_items="$1"
      printf '%s\0' array "$1" "${#_bc_items[@]}"
      if [ "${#_bc_items[@]}" != 0 ]; then printf '%s\0' "${_bc_items[@]}"; fi
      ;;
    -A)
      declare -n _bc_items="$1"
      printf '%s\0' associative "$1" "${#_bc_items[@]}"
      for _bc_key in "${!_bc_items[@]}"; do
        printf '%s\0' "$_bc_key" "${_bc_items[$_bc_key]}"
      done
      ;;
  esac
}

_bc_all() {
  local _bc_line _bc_name
  while read -r _bc_line; do
    if [[ $_bc_line =~ ^declare\ -[^\ ]\ ([a-zA-Z_][a-zA-Z_0-9]*) ]]; then
      _bc_name="${BASH_REMATCH[1]}"
      if [[ $_bc_name != _bc_* ]]; then _bc_variable "$_bc_name"; fi
    fi
  done < <(printf '%s\n' "$_bc_variables")
  while read -r _bc_line; do
    _bc_name="${_bc_line#declare -f }"
    if [[ $_bc_line == "declare -f "* && $_bc_name != _bc_* ]]; then
      printf '%s\0' function "$_bc_name" "$(declare -f "$_bc_name")"
    fi
  done < <(printf '%s\n' "$_bc_functions")
  if [ -e "${NIX_ATTRS_SH_FILE-}" ]; then
    printf '%s\0' file .attrs.sh "$(<"$NIX_ATTRS_SH_FILE")"
    printf '%s\0' file .attrs.json "$(<"$NIX_ATTRS_JSON_FILE")"
  fi
}

# Two outputs that name each other could not be stored: the others stay empty.
_bc_write() {
  _bc_all >"$1"
  shift
  for _bc_output; do : >"$_bc_output"; done
}

if [ -e "${NIX_ATTRS_SH_FILE-}" ]; then
  _bc_write "${outputs[@]}"
else
  _bc_paths=()
  for _bc_name in ${outputs:-out}; do _bc_paths+=("${!_bc_name}"); done
  _bc_write "${_bc_paths[@]}"
fi
exit 0
