import type { Argument, Command, Option } from 'commander';

/** What can stand in a place of the command line. */
export type CompletedValue =
  | { kind: 'words'; words: readonly string[] }
  /** Words that are separated by commas. */
  | { kind: 'list'; words: readonly string[] }
  /** A file, or one of some words. */
  | { kind: 'file'; words: readonly string[] }
  | { kind: 'folder' }
  /** Only the user knows it. */
  | { kind: 'text' };

export interface CompletedOption {
  /** With their dashes. */
  names: readonly string[];
  description: string;
  /** Of the value, as in the help; null: it takes none. */
  placeholder: string | null;
  value: CompletedValue | null;
  repeats: boolean;
}

/** One command as a shell has to know it. */
export interface CompletedCommand {
  /** Names from the program's own on, which is left out: the program itself has none. */
  path: readonly string[];
  commands: readonly { name: string; description: string }[];
  options: readonly CompletedOption[];
  operand: CompletedValue | null;
  /** After `--` comes a command line of another program. */
  startsCommand: boolean;
}

/** What the placeholders of options and arguments stand for, by their text in the help, or by that of one command: `report list`. */
export type Placeholders = Readonly<Record<string, CompletedValue>>;

/** A command and all below it, the parent before its children. */
export function completedCommands(
  program: Command,
  placeholders: Placeholders,
  path: readonly string[] = [],
): CompletedCommand[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const [argument] = program.registeredArguments;
  const told: ValueOf = (placeholder, of) => valueOf(placeholder, of, placeholders, path);
  const own: CompletedCommand = {
    path,
    commands: commands.map((command) => ({
      name: command.name(),
      description: help.subcommandDescription(command),
    })),
    options: help.visibleOptions(program).map((option) => completedOption(option, told)),
    operand: argument === undefined ? null : told(argument.name(), argument),
    startsCommand: argument?.name() === 'command' && argument.variadic,
  };
  const below = commands.filter((command) => command.name() !== 'help' && program.commands.includes(command));
  return [
    own,
    ...below.flatMap((command) => completedCommands(command, placeholders, [...path, command.name()])),
  ];
}

type ValueOf = (placeholder: string, of: Option | Argument) => CompletedValue;

function completedOption(option: Option, told: ValueOf): CompletedOption {
  const takesValue = option.required || option.optional;
  const placeholder = /[<[](.+)[>\]]$/u.exec(option.flags)?.[1] ?? 'value';
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    placeholder: takesValue ? placeholder : null,
    value: takesValue ? told(placeholder, option) : null,
    repeats: option.variadic || Array.isArray(option.defaultValue),
  };
}

function valueOf(
  placeholder: string,
  { argChoices }: Option | Argument,
  placeholders: Placeholders,
  path: readonly string[],
): CompletedValue {
  if (argChoices !== undefined) return { kind: 'words', words: argChoices };
  const name = placeholder.replace(/\.{3}$/u, '');
  const value = placeholders[[...path, name].join(' ')] ?? placeholders[name];
  if (value === undefined) throw new Error(`nobody said what can stand for <${placeholder}>`);
  return value;
}
