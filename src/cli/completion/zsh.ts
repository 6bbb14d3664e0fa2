import type { CompletedCommand, CompletedOption, CompletedValue } from './completed-commands.ts';

/** The completion of zsh: a function for each command, for the completion system that compinit starts; see zshcompsys(1). */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef idleproof
# Completion of idleproof for zsh, made by \`idleproof completion zsh\`.
${commands.map(commandFunction).join('\n')}
_idleproof_word_or_file() {
  compadd -- "$@"
  _files
}

if [[ $funcstack[1] == _idleproof ]]; then
  _idleproof "$@"
else
  compdef _idleproof idleproof
fi
`;
}

const functionName = (path: readonly string[]): string => ['_idleproof', ...path].join('__');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const escaped = (text: string): string => text.replaceAll(/[\\[\]:]/gu, String.raw`\$&`);

function commandFunction(command: CompletedCommand): string {
  const name = functionName(command.path);
  const options = command.options.flatMap(optionSpecs).map((spec) => ` \\\n    ${quoted(spec)}`);
  if (command.commands.length > 0) return groupFunction(name, command, options.join(''));
  const started = command.startsCommand
    ? `  local after=\${words[(ie)--]}
  if ((after < CURRENT)); then
    words=("\${(@)words[after + 1,-1]}")
    ((CURRENT -= after))
    _normal
    return
  fi
`
    : '';
  const isText = command.operand === null || command.operand.kind === 'text';
  const operand = isText ? '' : ` \\\n    ${quoted(`*:operand:${action(command.operand)}`)}`;
  return `${name}() {\n${started}  _arguments -S${options.join('')}${operand}\n}\n`;
}

function groupFunction(name: string, { path, commands }: CompletedCommand, options: string): string {
  const described = commands.map((command) => quoted(`${command.name}:${command.description}`));
  const below = commands.map((command) => `    ${command.name}) ${functionName([...path, command.name])} ;;`);
  return `${name}() {
  local curcontext=$curcontext context state state_descr line
  typeset -A opt_args
  local -a below=(${described.map((text) => `\n    ${text}`).join('')}
  )
  _arguments -C${options} \\
    '1: :->command' '*:: :->rest' && return
  if [[ $state == command ]]; then
    _describe -t commands command below
    return
  fi
  case $line[1] in
${below.filter((line) => !line.includes(' help)')).join('\n')}
  esac
}
`;
}

function optionSpecs({ names, description, placeholder, value, repeats }: CompletedOption): string[] {
  const about = `[${escaped(description)}]`;
  const argument = value === null ? '' : `:${escaped(placeholder ?? '')}:${action(value)}`;
  return names.map((name) => {
    const once = repeats ? '*' : `(${names.join(' ')})`;
    return `${once}${name}${value !== null && name.startsWith('--') ? '=' : ''}${about}${argument}`;
  });
}

/** A blank before it: it is called as it stands, without options for compadd. */
function action(value: CompletedValue | null): string {
  switch (value?.kind) {
    case 'words':
      return `(${value.words.join(' ')})`;
    case 'list':
      return ` _values -s , item ${value.words.join(' ')}`;
    case 'file':
      return value.words.length === 0 ? '_files' : ` _idleproof_word_or_file ${value.words.join(' ')}`;
    case 'folder':
      return '_files -/';
    default:
      return ' ';
  }
}
