import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config-document.ts';
import { loadConfig } from '../config/config.ts';
import { assertHeaders } from '../config/header-fields.ts';
import { loadRulePacks } from '../config/rule-packs.ts';
import { lookBackMs } from '../core/rules/look-back.ts';
import type { RulePack } from '../core/rules/pack.ts';
import type { DaemonPlan } from '../daemon/plan.ts';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import { sinkKeys } from '../config/sink-keys.ts';
import { configuredSinks } from '../config/sinks.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { DEFAULT_PACKS } from './default-packs.ts';
import { refuseStrangers } from './judging-packs.ts';
import { withFolders } from './real-folders.ts';
import { DEFAULT_TICK_MS } from './timing-options.ts';
import { PACKS_FOLDER } from './packs-folder.ts';
import { signerFor } from './signing-key.ts';

/** Reads everything that the daemon goes by. @throws IdleproofError for each mistake, with its place */
export function planWatch(path: string, env: NodeJS.ProcessEnv): DaemonPlan {
  const configPath = resolve(path);
  const config = loadConfig(configPath);
  const { targets, windows, user, strict, retention, state, metricsAddress } = config;
  if (targets.length === 0) throw new IdleproofError('NO_TARGET', { how: `under targets in ${configPath}` });
  if (windows.length === 0) throw new IdleproofError('NO_WINDOW', { path: configPath });
  assertHeaders(configPath, config.headers, env);
  const sinks = configuredSinks(configPath, config.alerts, env);
  const keys = sinkKeys(config.alerts);
  const packs = packsOf(config);
  refuseStrangers(packs, targets.map(withFolders));
  const formats = config.formats ?? ['json', 'md'];
  return {
    configPath,
    stateFolder: state,
    configSha256: createHash('sha256').update(readFileSync(configPath)).digest('hex'),
    sources: [configPath, ...packFiles(packs)],
    targets,
    tickMs: config.tickMs ?? DEFAULT_TICK_MS,
    collectors: 'native',
    windows,
    user,
    packs,
    measurements: config.measurements,
    judging: { strict, acceptSampledMs: null },
    lookBackMs: lookBackMs(packs),
    signer: signerFor(formats, undefined, env, refuser('watch')),
    reports: {
      dir: config.reportsDir ?? resolve(DEFAULT_OUT),
      formats,
      cron: config.summaryCron,
    },
    compareWith: config.compareWith ?? 'both',
    alerts: sinks.map((sink, index) => ({ key: keys[index] ?? String(index), sink })),
    metricsAddress,
    retention,
  };
}

/** The packs that a configuration names. @throws IdleproofError for each mistake in them */
export const packsOf = ({ rules }: Pick<Config, 'rules'>): RulePack[] =>
  loadRulePacks(rules ?? DEFAULT_PACKS, { packsFolder: PACKS_FOLDER });

/** The files of packs, with those that they extend, from the root. */
export const packFiles = (packs: readonly RulePack[]): string[] =>
  packs.flatMap((pack) => [pack, ...(pack.bases ?? [])]).map(({ path }) => path);
