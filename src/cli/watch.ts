import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { toolVersion } from './version.ts';

const EXAMPLES = `
Examples:
  idleproof watch --config idleproof.yaml
  idleproof watch --config idleproof.yaml --state ./state     # as an ordinary user, beside the app

Watches all targets of the configuration for as long as it runs. Each idle window gets a proof below \`reports.dir\`; what got worse
since the windows before is told by \`alerts\`. SIGTERM and Ctrl-C close the windows and finish their proofs; SIGHUP, or a change of the
files, takes the configuration again, and refuses a broken one. \`idleproof status\` shows it live.
Exit codes: 0 stopped, 3 usage or configuration, 4 idleproof itself failed.`;

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
  const { createLog } = await import('../daemon/log.ts');
  const { defaultStateFolder } = await import('../daemon/state-folder.ts');
  const asked = planWatch(config, process.env);
  const statePath = resolve(
    state ?? asked.state ?? defaultStateFolder(process.env, process.geteuid?.() === 0),
  );
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const log = createLog({ level: 'info', folder: statePath });
  try {
    await runDaemon(
      {
        load: () => planWatch(config, process.env).plan,
        plan: asked.plan,
        statePath,
        log,
        toolVersion: toolVersion(),
        command: `idleproof watch --config ${config}`,
      },
      stop.signal,
    );
    return EXIT.pass;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    log.close();
  }
}
