import type { CompletedCommand, CompletedValue } from './completed-commands.ts';

/**
 * The completion of bash, as a function. It needs nothing newer than bash 3.2, and the package bash-completion only for what
 * follows `--`. A path is kept as its words with a blank before each.
 */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of idleproof for bash, made by \`idleproof completion bash\`.
_idleproof() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path= i
  COMPREPLY=()
  # For bash, «=» is a word of its own.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == -- ]]; then
      case "$path" in
        ${patterns(commands.filter(({ startsCommand }) => startsCommand).map(({ path }) => pathText(path)))})
          _idleproof_started $((i + 1))
          return ;;
      esac
    fi
    case "$path \${COMP_WORDS[i]}" in
      ${patterns(commands.flatMap(({ path }) => (path.length === 0 ? [] : [pathText(path)])))})
        path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $before" in
${commands.flatMap(optionValues).join('\n')}
  esac
  case "$path" in
${commands.map(words).join('\n')}
  esac
}

_idleproof_words() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@")
}

_idleproof_files() {
  compopt -o filenames 2>/dev/null
  _idleproof_words -f -- "$1"
}

_idleproof_folders() {
  compopt -o filenames 2>/dev/null
  _idleproof_words -d -- "$1"
}

_idleproof_list() {
  local before=
  [[ $2 == *,* ]] && before=\${2%,*},
  compopt -o nospace 2>/dev/null
  _idleproof_words -P "$before" -W "$1" -- "\${2##*,}"
}

_idleproof_started() {
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    _idleproof_words -c -- "\${COMP_WORDS[COMP_CWORD]}"
  else
    _idleproof_files "\${COMP_WORDS[COMP_CWORD]}"
  fi
}

complete -F _idleproof idleproof
`;
}

const pathText = (path: readonly string[]): string => path.map((name) => ` ${name}`).join('');
const patterns = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(' | ');

function optionValues({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === null) return [];
    const before = patterns(names.map((name) => `${pathText(path)} ${name}`));
    return [`    ${before}) ${valueCode(value)}return ;;`];
  });
}

function valueCode(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return `_idleproof_words -W '${value.words.join(' ')}' -- "$word"; `;
    case 'list':
      return `_idleproof_list '${value.words.join(' ')}' "$word"; `;
    case 'file': {
      const own =
        value.words.length === 0 ? '' : `_idleproof_words -W '${value.words.join(' ')}' -- "$word"; `;
      return `${own}_idleproof_files "$word"; `;
    }
    case 'folder':
      return '_idleproof_folders "$word"; ';
    default:
      return '';
  }
}

function words({ path, commands, options, operand, startsCommand }: CompletedCommand): string {
  const names = options.flatMap((option) => option.names);
  const dashed = [...names, ...(startsCommand ? ['--'] : [])].join(' ');
  const others = commands.map(({ name }) => name).join(' ');
  const rest =
    commands.length > 0
      ? `_idleproof_words -W '${others}' -- "$word"`
      : `${operand === null ? '' : valueCode(operand)}:`;
  return `    '${pathText(path)}')
      if [[ $word == -* ]]; then _idleproof_words -W '${dashed}' -- "$word"; else ${rest}; fi ;;`;
}
