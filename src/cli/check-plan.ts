import { loadConfig } from '../config/config.ts';
import { redactCmdline } from '../core/parse/cmdline.ts';
import { shellQuote } from '../core/parse/shell-quote.ts';
import { lookBackMs } from '../core/rules/look-back.ts';
import { usualStateFolders } from '../daemon/state-folder.ts';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import { PROOF_FORMATS } from '../model/proof-format.ts';
import type { TargetSpec } from '../model/target.ts';
import { assertOffline } from '../targets/command/own-network/own-network.ts';
import { signerFor } from './signing-key.ts';
import { type RawCheckOptions, readyOf } from './check-options.ts';
import type { CheckRequest } from './check-run.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { withFolders } from './real-folders.ts';
import { formatsIn } from './format-option.ts';
import { packsFor } from './judging-packs.ts';
import { withEvents, withFiles, withLogs } from './source-options.ts';
import { targetsOf } from './target-options.ts';
import { collectorsOf, timingOf } from './timing-options.ts';
import { toolVersion } from './version.ts';

const HOW_TO_NAME = '--port 8000, --name nginx, --pid 1234, or -- command args; see idleproof check --help';

/** Turns a command line and its configuration file into one check. Everything a user can mistype is found here. */
export function planCheck(
  argv: readonly string[],
  operands: readonly string[],
  options: RawCheckOptions,
  command: 'check' | 'demo',
): CheckRequest {
  const refuse = refuser(command);
  const config = options.config === undefined ? null : loadConfig(options.config);
  const { acceptSampledMs, ...times } = timingOf(options, config?.tickMs ?? null, refuse);
  const named: TargetSpec[] = [...(config?.targets ?? []), ...targetsOf(options, operands, refuse)];
  if (named.length === 0) throw new IdleproofError('NO_TARGET', { how: HOW_TO_NAME });
  const withTables = withEvents(named, options.events, refuse);
  const targets = withLogs(withFiles(withTables, options.files, refuse), options.logs, refuse);
  const packNames = options.rules.length > 0 ? options.rules : (config?.rules ?? []);
  const startsCommand = targets.some(({ select }) => select.by === 'command');
  const packs = packsFor(packNames, targets.map(withFolders), startsCommand);
  const formats = formatsIn(options.format, PROOF_FORMATS, refuse);
  const ready = readyOf(options, targets, refuse);
  if (options.offline === true) assertOffline();
  return {
    targets,
    ...times,
    collectors: collectorsOf(options, refuse),
    ready,
    out: options.out ?? config?.reportsDir ?? DEFAULT_OUT,
    formats,
    signer: signerFor(formats, options.key, process.env, refuse),
    packs,
    lookBackMs: lookBackMs(packs),
    judging: { strict: options.strict === true || config?.strict === true, acceptSampledMs },
    stateFolders: [...usualStateFolders(process.env), ...(config?.state == null ? [] : [config.state])],
    command: redactCmdline(['idleproof', ...argv].map(shellQuote)),
    toolVersion: toolVersion(),
  };
}
