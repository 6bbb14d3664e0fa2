import { Command } from 'commander';
import { explainCommand } from './explain.ts';
import { lintCommand } from './lint.ts';
import { listCommand } from './list.ts';
import { schemaCommand } from './schema.ts';
import { suggestCommand } from './suggest.ts';
import { testCommand } from './test.ts';

const EXAMPLES = `
Examples:
  idleproof rules list                             the packs that ship, and their rules
  idleproof rules explain idle-cpu --port 8000     what it claims, why, and what it can see of that app here
  idleproof rules lint ./ours.yaml idleproof.yaml  every mistake at once, with its place
  idleproof rules test ./ours.test.yaml            examples: evidence in, verdicts out
  idleproof rules suggest reports/*/proof.json     exceptions for what was found, to be given reasons
  idleproof rules schema > idleproof-rules.schema.json

How rules are written: docs/rules.md.
Exit codes: 0 done, 1 lint found mistakes or test another verdict, 3 usage, or a mistake in a file, 4 idleproof itself failed.`;

/** `idleproof rules`: rule files, their mistakes, meaning and examples. */
export function rulesCommand(done: (exitCode: number) => void): Command {
  const rules = new Command('rules')
    .description('Check, explain, list and test rules; write exceptions; the schema for editors.')
    .addHelpText('after', EXAMPLES);
  const commands = [lintCommand, explainCommand, listCommand, schemaCommand, testCommand, suggestCommand];
  for (const command of commands) rules.addCommand(command(done));
  return rules;
}
