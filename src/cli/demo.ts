import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { renderText } from '../render/text.ts';
import type { AppOptions } from '../demo/launch.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CheckOutcome, CheckRequest } from './check-run.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { EXIT } from './exit-codes.ts';
import { exitCodeOfInterrupted, onInterrupt } from './interrupt.ts';
import { createProgress } from './progress.ts';
import { renderJson } from '../render/json.ts';
import { KEY_OPTION } from './signing-key.ts';
import { COLLECTORS_OPTION } from './timing-options.ts';

const ABOUT = `
Starts the bundled demo app (an HTTP backend with an SQLite events table) and proves it twice: once quiet, which must
PASS, and once with a background agent (a tool run every 5 s, a heartbeat every 3 s, a child process every 7 s), which
must FAIL and be named.

Examples:
  idleproof demo
  idleproof demo --for 60s --out ./reports --format json,md,html
  idleproof demo --collectors portable --accept-sampled 1s     with the collectors that are the same on every platform
  idleproof demo --json | jq '.[].headline'

Exit codes: 0 both verdicts are as they should be, 1 one is not, 3 usage, 4 idleproof itself failed, 130 interrupted.`;

interface DemoOptions {
  for: string;
  out: string;
  collectors: string;
  acceptSampled?: string;
  format: string;
  key?: string;
  json?: boolean;
}

interface Act {
  title: string;
  agent: boolean;
  expected: Verdict;
}

const ACTS: readonly Act[] = [
  { title: 'The demo app, quiet', agent: false, expected: 'pass' },
  { title: 'The demo app with a background agent', agent: true, expected: 'fail' },
];

const ACCEPT_SAMPLED =
  'accept that what lives shorter than this may be missed; 1s where it is left out, but for the portable collectors';

/** `idleproof demo`: the product proved on an app that is known to be idle, and on one that is known not to be. */
export function demoCommand(done: (exitCode: number) => void): Command {
  return new Command('demo')
    .description('Prove the bundled demo app, quiet and with a background agent.')
    .option('--for <duration>', 'how long each of the two windows is', '20s')
    .option('--out <dir>', 'where the run folders go', DEFAULT_OUT)
    .option(...COLLECTORS_OPTION)
    .option('--accept-sampled <duration>', ACCEPT_SAMPLED)
    .option('--format <list>', `files to write: ${PROOF_FORMATS.join(', ')}`, 'json,md,html')
    .option(...KEY_OPTION)
    .option('--json', 'print both proofs as one JSON array')
    .addHelpText('after', ABOUT)
    .action(async (options: DemoOptions) => done(await demo(options)));
}

async function demo(options: DemoOptions): Promise<number> {
  const { signal, release } = onInterrupt();
  const outcomes: CheckOutcome[] = [];
  try {
    for (const act of ACTS) {
      if (signal.aborted) return EXIT.interrupted;
      const outcome = await perform(act, options, signal);
      outcomes.push(outcome);
      if (options.json !== true) process.stdout.write(describeAct(act, outcome));
    }
    if (options.json === true) {
      process.stdout.write(renderJson(outcomes.map(({ proof }) => proof)));
    }
    if (signal.aborted) return EXIT.interrupted;
    const asExpected = ACTS.every(({ expected }, index) => outcomes[index]?.proof.verdict === expected);
    return asExpected ? EXIT.pass : EXIT.fail;
  } catch (error) {
    return exitCodeOfInterrupted(error, signal);
  } finally {
    release();
  }
}

async function perform(act: Act, options: DemoOptions, signal: AbortSignal): Promise<CheckOutcome> {
  const { startHeartbeatSink } = await import('../demo/launch.ts');
  const { checkAndProve } = await import('./check-run.ts');
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-demo-'));
  const sink = act.agent ? await startHeartbeatSink() : null;
  const progress = createProgress();
  try {
    const request = await planDemo(options, {
      databasePath: join(folder, 'demo.db'),
      heartbeatPort: sink?.port ?? null,
    });
    return await checkAndProve(request, { signal, onProgress: progress.show });
  } finally {
    progress.clear();
    await sink?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The same plan as `check` makes for a command. The agent's connections and children live long enough to be seen by looking
 * once a second, so that sampling is accepted; where the counters prove more, the headline does not need to say so. The
 * portable collectors never prove more: whoever asks for them says himself what he accepts.
 */
async function planDemo(options: DemoOptions, app: AppOptions): Promise<CheckRequest> {
  const { appCommand, APP_READY } = await import('../demo/launch.ts');
  const { planCheck } = await import('./check-plan.ts');
  const isPortable = options.collectors === 'portable';
  const acceptSampled = options.acceptSampled ?? (isPortable ? undefined : '1s');
  const asked = ['--for', options.for, ...(isPortable ? ['--collectors', 'portable'] : [])];
  if (options.acceptSampled !== undefined) asked.push('--accept-sampled', options.acceptSampled);
  const request = planCheck(
    ['demo', ...asked],
    appCommand(app),
    {
      target: [],
      events: [app.databasePath],
      files: [],
      logs: [],
      for: options.for,
      settle: '3s',
      ready: `log:${APP_READY}`,
      ...(acceptSampled === undefined ? {} : { acceptSampled }),
      // The other default pack asks for wakeups, which the portable collectors do not see: it could only be inconclusive.
      rules: isPortable ? ['no-background-agents'] : [],
      collectors: options.collectors,
      out: options.out,
      format: options.format,
      ...(options.key === undefined ? {} : { key: options.key }),
    },
    'demo',
  );
  return { ...request, targets: request.targets.map((target) => ({ ...target, name: 'demo' })) };
}

function describeAct({ title, expected }: Act, { proof, files }: CheckOutcome): string {
  const remark = proof.verdict === expected ? 'as it should be' : `it should be ${expected.toUpperCase()}`;
  const text = renderText(proof, process.stdout.isTTY);
  return `${title} (${remark})\n${text}\n${files.map((file) => `${file}\n`).join('')}\n`;
}
