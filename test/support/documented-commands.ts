import { CommanderError, type Command } from 'commander';
import { idleproofProgram } from '../../src/cli/commands.ts';

/** A command line of idleproof as a page or a help shows it. */
export interface DocumentedCommand {
  text: string;
  /** A whole command line, and not only the name of a command or option in a sentence. */
  whole: boolean;
}

/** The command lines in code blocks and in code within sentences of a Markdown page. */
export function commandsOfPage(markdown: string): DocumentedCommand[] {
  const blocks = [...markdown.matchAll(/^ *```[a-z]*\n(.*?)^ *```/gmsu)].map(([, text = '']) => text);
  const sentences = markdown.replaceAll(/^ *```.*?^ *```/gmsu, '');
  const inline = [...sentences.matchAll(/`((?:sudo |npx )*idleproof [^`]+)`/gu)].map(([, text = '']) => ({
    text,
    whole: false,
  }));
  return [...blocks.flatMap(commandsOfLines), ...inline];
}

/** The lines of a text that are command lines, with what leads to them (`sudo npx`, `- run:`) and without remarks. */
export function commandsOfLines(text: string): DocumentedCommand[] {
  return text
    .replaceAll(/\\\n\s*/gu, '')
    .split('\n')
    .flatMap((line) => {
      const [, start = ''] =
        /^\s*(?:-\s+(?:run: )?|\$ |sh ['"]|source <\()?((?:sudo |npx )*idleproof [a-z-].*)$/u.exec(line) ??
        [];
      const command = start.split(/\s{2,}|\s#\s/u)[0] ?? '';
      return command === '' ? [] : [{ text: command, whole: true }];
    });
}

/** Words as a shell makes them, up to where another command or a redirection begins. */
export function wordsOf(command: string): string[] {
  const tokens = command.matchAll(/'([^']*)'|"([^"]*)"|([|;&<>)])|([^\s'"|;&<>)]+)/gu);
  const words: string[] = [];
  for (const [, single, double, operator, plain] of tokens) {
    if (operator !== undefined) break;
    words.push(single ?? double ?? plain ?? '');
  }
  return words.filter((word, index) => index > 0 || !['sudo', 'npx'].includes(word));
}

/** What idleproof would say against a command line; null: it would take it. It is parsed, and not run. */
export function complaintAbout({ text, whole }: DocumentedCommand): string | null {
  const words = wordsOf(text.replaceAll(/^(?:sudo |npx )*idleproof /gu, ''));
  const program = idleproofProgram(words, () => {});
  silence(program);
  try {
    program.parse(words, { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    const isPartly = ['commander.help', 'commander.missingArgument', 'commander.missingMandatoryOptionValue'];
    return !whole && isPartly.includes(error.code) ? null : `${text}: ${error.message}`;
  }
}

function silence(command: Command): void {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const below of command.commands) silence(below);
}
