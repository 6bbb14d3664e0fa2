import { loadGates } from '../config/config.ts';
import { assertHeaders } from '../config/header-fields.ts';
import type { Gate } from '../core/measure/gates/gate.ts';
import { redactCmdline } from '../core/parse/cmdline.ts';
import { shellQuote } from '../core/parse/shell-quote.ts';
import { lookBackMs } from '../core/rules/look-back.ts';
import { usualStateFolders } from '../daemon/state-folder.ts';
import { IdleproofError } from '../errors.ts';
import type { TargetSpec } from '../model/target.ts';
import { DEFAULT_TICK_MS, MIN_TICKS } from './timing-options.ts';
import { withFolders } from './real-folders.ts';
import type { CheckRequest } from './check-run.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { packsFor } from './judging-packs.ts';
import { toolVersion } from './version.ts';

export interface GatesRequest {
  check: CheckRequest;
  gates: readonly Gate[];
  /** The one that is started. */
  app: TargetSpec;
}

/** Turns a gates.yaml into one run. Everything that can be mistyped is found here, before anything is started. */
export function planGates(argv: readonly string[], path: string, out: string | undefined): GatesRequest {
  const { config, ready, acceptSampledMs, gates, headers } = loadGates(path);
  assertHeaders(path, headers, process.env);
  const packs = packsFor(config.rules ?? [], config.targets.map(withFolders), true);
  const rules = new Set(packs.flatMap((pack) => pack.rules.map(({ id }) => id)));
  for (const { step } of gates) {
    if (step.by === 'rule' && !rules.has(step.rule))
      refuse(path, `the rule ${step.rule} is in none of its packs`);
  }
  const window = gates.map(({ step }) => step).find((step) => step.by === 'window');
  const app = config.targets.find(({ select }) => select.by === 'command');
  if (window === undefined || app === undefined) throw new Error('the file was not checked');
  const tickMs = config.tickMs ?? DEFAULT_TICK_MS;
  if (window.durationMs < MIN_TICKS * tickMs) refuse(path, 'the window is shorter than two looks');
  if (acceptSampledMs !== null && acceptSampledMs < tickMs)
    refuse(path, `acceptSampled: looking once every ${tickMs}ms cannot see what lives ${acceptSampledMs}ms`);
  return {
    gates,
    app,
    check: {
      targets: config.targets,
      durationMs: window.durationMs,
      settleMs: window.settleMs,
      tickMs,
      collectors: 'native',
      isPhaseGate: true,
      ready,
      out: out ?? config.reportsDir ?? DEFAULT_OUT,
      formats: ['json', 'md', 'html'],
      signer: null,
      packs,
      lookBackMs: lookBackMs(packs),
      judging: { strict: config.strict, acceptSampledMs },
      stateFolders: [...usualStateFolders(process.env), ...(config.state === null ? [] : [config.state])],
      command: redactCmdline(['idleproof', ...argv].map(shellQuote)),
      toolVersion: toolVersion(),
    },
  };
}

function refuse(path: string, problem: string): never {
  throw new IdleproofError('CONFIG_INVALID', { problems: `${path}: ${problem}` });
}
