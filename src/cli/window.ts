import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { type StateOptions, stateSubcommand } from './state-subcommand.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof window list
  idleproof window open by-hand       now nobody uses the app
  idleproof window close by-hand      its proof follows within seconds: idleproof status

Only windows with \`trigger: manual\` are opened and closed by hand.
Exit codes: 0 done, 3 usage, no daemon, or not such a window, 4 the daemon does not answer.`;

/** `idleproof window`: the windows of a running daemon, and those that a person opens and closes. */
export function windowCommand(done: (exitCode: number) => void): Command {
  const window = new Command('window')
    .description('List the windows of a running daemon; open and close those by hand.')
    .addHelpText('afterAll', EXAMPLES);
  const list = stateSubcommand('list', 'the windows and what they do').action(
    async (options: StateOptions) => {
      await listWindows(options);
      done(EXIT.pass);
    },
  );
  window.addCommand(list);
  for (const op of ['open', 'close'] as const) {
    const move = stateSubcommand(op, `${op} a window by hand`)
      .argument('<id>', 'id of the window, as configured')
      .action(async (id: string, options: StateOptions) => {
        await moveWindow(op, id, options);
        done(EXIT.pass);
      });
    window.addCommand(move);
  }
  return window;
}

async function listWindows({ state, json }: StateOptions): Promise<void> {
  const { findDaemon } = await import('./find-daemon.ts');
  const { status } = await findDaemon(state);
  if (json === true) return print(status.windows);
  const { renderWindows } = await import('../render/status-text.ts');
  process.stdout.write(renderWindows(status));
}

async function moveWindow(op: 'open' | 'close', id: string, { state, json }: StateOptions): Promise<void> {
  const { findDaemon } = await import('./find-daemon.ts');
  const { client } = await findDaemon(state);
  const { window } = await (op === 'open' ? client.openWindow(id) : client.closeWindow(id));
  if (json === true) return print(window);
  const { renderWindows } = await import('../render/status-text.ts');
  process.stdout.write(renderWindows({ ...(await client.status()), windows: [window] }));
}

function print(value: unknown): void {
  process.stdout.write(renderJson(value));
}
