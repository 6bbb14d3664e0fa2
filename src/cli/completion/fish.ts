import type { CompletedCommand, CompletedOption, CompletedValue } from './completed-commands.ts';

/** The completion of fish: a line for each command and option, with the command that it belongs to as its condition. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  const starting = commands.filter(({ startsCommand }) => startsCommand);
  return `# Completion of idleproof for fish, made by \`idleproof completion fish\`.
function __idleproof_at
    set -l path
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test "$word" = --
            test "$argv" = "$path --"
            return
        end
        set -l longer (string trim -- "$path $word")
        contains -- "$longer" ${known.join(' ')}
        and set path $longer
    end
    test "$path" = "$argv"
end

function __idleproof_started
    complete -C (string replace -r '^.*? -- ' '' -- (commandline -cp))
end

complete -c idleproof -f
${commands.flatMap(commandLines).join('\n')}
${starting.map(({ path }) => `${line([...path, '--'])} -a '(__idleproof_started)'`).join('\n')}
`;
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/gu, String.raw`\$&`)}'`;

const line = (path: readonly string[]): string =>
  `complete -c idleproof -n ${quoted(`__idleproof_at ${path.length === 0 ? "''" : path.join(' ')}`)}`;

function commandLines({ path, commands, options, operand }: CompletedCommand): string[] {
  const start = line(path);
  const below = commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`);
  const isText = operand === null || operand.kind === 'text';
  return [
    ...below,
    ...options.map((option) => optionLine(start, option)),
    ...(isText ? [] : [`${start} ${candidates(operand)}`]),
  ];
}

function optionLine(start: string, { names, description, value }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const argument = value === null ? '' : ` -r ${candidates(value)}`;
  return `${start} ${flags.join(' ')}${argument} -d ${quoted(description)}`;
}

function candidates(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return `-f -a ${quoted(value.words.join(' '))}`;
    case 'list':
      return `-f -a ${quoted(`(__fish_complete_list , "string split ' ' '${value.words.join(' ')}'")`)}`;
    case 'file':
      return value.words.length === 0 ? '-F' : `-F -a ${quoted(value.words.join(' '))}`;
    case 'folder':
      return "-f -a '(__fish_complete_directories (commandline -ct))'";
    default:
      return '-f';
  }
}
