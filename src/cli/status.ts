import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof status                          the daemon of this user, or of the system
  idleproof status --follow                 live, until Ctrl-C
  idleproof status --json | jq '.windows[] | {id, state}'
  idleproof status --follow | tee soak.log  a line for each change

Exit codes: 0 told, 3 usage, or no daemon runs there, 4 the daemon does not answer.`;

interface StatusOptions {
  state?: string;
  follow?: boolean;
  json?: boolean;
}

/** `idleproof status`: what a running daemon does. */
export function statusCommand(done: (exitCode: number) => void): Command {
  return new Command('status')
    .description('Tell what a running daemon does: targets, windows, verdicts, alerts.')
    .option('--state <dir>', 'the state folder of the daemon (default: where this user or the system has it)')
    .option('--follow', 'show it live, until Ctrl-C')
    .option('--json', 'print it as JSON; with --follow one line each second')
    .addHelpText('after', EXAMPLES)
    .action(async (options: StatusOptions) => done(await status(options)));
}

async function status({ state, follow, json }: StatusOptions): Promise<number> {
  const { findDaemon } = await import('./find-daemon.ts');
  const found = await findDaemon(state);
  if (follow === true) {
    const { followStatus } = await import('./status-follow.ts');
    const { signal, release } = onInterrupt();
    await followStatus(found, json === true, signal).finally(release);
  } else if (json === true) {
    process.stdout.write(renderJson(found.status));
  } else {
    const { renderStatus } = await import('../render/status-text.ts');
    process.stdout.write(renderStatus(found.status, process.stdout.isTTY));
  }
  return EXIT.pass;
}
