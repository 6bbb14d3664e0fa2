import { resolve } from 'node:path';
import { Command } from 'commander';
import type { DaemonPlan } from '../daemon/plan.ts';
import type { UnprovenWindow } from '../daemon/unproven.ts';
import { EXIT } from './exit-codes.ts';
import { toolVersion } from './version.ts';

const EXAMPLES = `
Examples:
  idleproof watch --config idleproof.yaml
  idleproof watch --config idleproof.yaml --state ./state     # as an ordinary user, beside the app

Watches all targets of the configuration for as long as it runs. Each idle window gets a proof below \`reports.dir\`; what got worse
since the windows before is told by \`alerts\`. SIGTERM and Ctrl-C close the windows and finish their proofs, a second Ctrl-C ends it at once; SIGHUP, or a change of the
files, takes the configuration again, and refuses a broken one. \`idleproof status\` shows it live.
Exit codes: 0 stopped, 3 usage or configuration, 4 idleproof itself failed, 130 interrupted again while it stopped.`;

interface WatchOptions {
  config: string;
  state?: string;
}

/** `idleproof watch`: the daemon, in the foreground; a service manager may keep it in the background. */
export function watchCommand(done: (exitCode: number) => void): Command {
  return new Command('watch')
    .description('Watch apps for days: a proof for each idle window, and alerts when something gets worse.')
    .requiredOption('--config <file>', 'targets, windows, rules and alerts: an idleproof.yaml')
    .option('--state <dir>', 'where evidence is kept (default: as the configuration says, or by the user)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: WatchOptions) => done(await watch(options)));
}

async function watch({ config, state }: WatchOptions): Promise<number> {
  const { planWatch } = await import('./watch-plan.ts');
  const { runDaemon } = await import('../daemon/daemon.ts');
  const { createLog } = await import('../daemon/log/log.ts');
  const { defaultStateFolder } = await import('../daemon/state-folder.ts');
  /** Where it is named here, what the configuration says of it does not matter. */
  const load = (): DaemonPlan => {
    const plan = planWatch(config, process.env);
    return state === undefined ? plan : { ...plan, stateFolder: null };
  };
  const plan = load();
  const statePath = resolve(
    state ?? plan.stateFolder ?? defaultStateFolder(process.env, process.geteuid?.() === 0),
  );
  const log = createLog({ level: 'info', folder: statePath });
  const stop = new AbortController();
  let unproven: () => readonly UnprovenWindow[] = noWindows;
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGINT' && stop.signal.aborted) {
      log.fatal('ended at once, for it was interrupted again; no proof of these windows', {
        windows: unproven(),
      });
      process.exit(EXIT.interrupted);
    }
    stop.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    await runDaemon(
      {
        load,
        plan,
        statePath,
        log,
        toolVersion: toolVersion(),
        command: `idleproof watch --config ${config}`,
        onOpen: (ask) => (unproven = ask),
      },
      stop.signal,
    );
    return EXIT.pass;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    log.close();
  }
}

const noWindows = (): readonly UnprovenWindow[] => [];
