import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { idleproofProgram } from '../../../src/cli/commands.ts';
import { commandsOfLines, complaintAbout } from '../../support/documented-commands.ts';

/** The text that `--help` prints. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

function withAllBelow(command: Command, path: string): { command: Command; path: string }[] {
  return [
    { command, path },
    ...command.commands.flatMap((below) => withAllBelow(below, `${path} ${below.name()}`)),
  ];
}

const all = withAllBelow(
  idleproofProgram([], () => {}),
  'idleproof',
);

describe.each(all)('$path --help', ({ command, path }) => {
  const help = helpOf(command);

  it('says what it does, what each argument and option is', () => {
    expect(command.description()).not.toBe('');
    const undescribed = [...command.registeredArguments, ...command.options].filter(
      ({ description }) => description === '',
    );
    expect(undescribed.map((one) => ('flags' in one ? one.flags : one.name()))).toEqual([]);
  });

  it('has examples of it that idleproof takes, and names exit codes', () => {
    const examples = commandsOfLines(help.slice(help.indexOf('\nExamples:\n')));
    const own = examples.filter(({ text }) =>
      `${text.replace(/^(?:sudo |npx )*/u, '')} `.startsWith(`${path} `),
    );
    expect(own.length, help).toBeGreaterThan(0);
    expect(examples.map(complaintAbout).filter((complaint) => complaint !== null)).toEqual([]);
    expect(help).toMatch(/Exit codes: 0 [\s\S]*3 usage/u);
  });

  it('shows no default that says nothing', () => {
    expect(help).not.toContain('default: []');
  });
});
