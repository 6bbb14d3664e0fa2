#!/usr/bin/env bash
# The step of action.yml: inputs come as INPUT_*, the verdict goes to GITHUB_OUTPUT, the exit code is that of idleproof check.
# Inputs are only ever arguments or lines of a list, never parts of a script, but for INPUT_COMMAND, which is one.
set -uo pipefail

arguments=(check --for "$INPUT_FOR" --settle "$INPUT_SETTLE" --out "$INPUT_OUT" --format "$INPUT_FORMATS")
while IFS= read -r line; do
  if [[ -n "$line" ]]; then arguments+=(--rules "$line"); fi
done <<<"$INPUT_RULES"
while IFS= read -r line; do
  if [[ -n "$line" ]]; then arguments+=("$line"); fi
done <<<"$INPUT_ARGS"
if [[ -n "$INPUT_COMMAND" ]]; then arguments+=(-- bash -c "$INPUT_COMMAND"); fi

run=("$(command -v node)" "$IDLEPROOF_ACTION/dist/cli/main.js" "${arguments[@]}")
if [[ "$INPUT_SUDO" == true ]]; then
  run=(sudo --preserve-env=IDLEPROOF_KEY,GITHUB_STEP_SUMMARY "${run[@]}")
fi

printed=$(mktemp)
"${run[@]}" | tee "$printed"
code=${PIPESTATUS[0]}

# Nothing of a run folder is known before the run: it is the one that the last line names, unless the proof itself is printed (--json).
folder=$(dirname "$(tail -n 1 "$printed")")
[[ -f "$folder/evidence.db" ]] || folder=''
rm -f "$printed"
case $code in
  0) verdict=pass ;;
  1) verdict=fail ;;
  2) verdict=inconclusive ;;
  *) verdict='' folder='' ;;
esac
if [[ -n "${GITHUB_OUTPUT:-}" ]]; then
  printf 'verdict=%s\nfolder=%s\n' "$verdict" "${folder//$'\n'/}" >>"$GITHUB_OUTPUT"
fi
exit "$code"
