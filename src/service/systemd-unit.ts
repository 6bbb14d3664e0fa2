import { IdleproofError } from '../errors.ts';
import { SYSTEM_STATE_FOLDER } from '../os/standard-folders.ts';
import type { ServicePlan } from './plan.ts';
import { fillTemplate } from './templates.ts';

const EVIDENCE = '# Evidence is kept in ';

/** The text of the unit, of a template in `service/`. */
export function systemdUnit(template: string, plan: ServicePlan): string {
  const { scope, command, stateFolder, writableFolders } = plan;
  return fillTemplate(template, {
    state: refuseControls(stateFolder),
    command: command.map(quoteArgument).join(' '),
    workingDirectory: percentSafe(refuseControls(stateFolder)),
    folders: scope === 'system' ? folderLines(stateFolder, writableFolders) : '',
  });
}

/** Where a unit that was installed keeps its evidence; null: it is not one of ours. */
export function stateFolderOf(unit: string): string | null {
  const line = unit.split('\n').find((one) => one.startsWith(EVIDENCE));
  return line === undefined ? null : line.slice(EVIDENCE.length);
}

/** All else is read-only. The default folder is made by systemd, others are there already. */
function folderLines(stateFolder: string, writableFolders: readonly string[]): string {
  const isDefault = stateFolder === SYSTEM_STATE_FOLDER;
  const folders = [...(isDefault ? [] : [stateFolder]), ...writableFolders];
  return [
    ...(isDefault ? ['StateDirectory=idleproof', 'StateDirectoryMode=0700'] : []),
    ...folders.map((folder) => `ReadWritePaths=${quotePath(folder)}`),
  ].join('\n');
}

/** See systemd.service(5), «Command lines»: quotes, specifiers and variables. */
function quoteArgument(argument: string): string {
  const safe = percentSafe(refuseControls(argument)).replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/u.test(safe)) return safe;
  return `"${safe.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
}

/** A list of paths knows quotes, but no escapes in them: systemd.syntax(7). */
function quotePath(path: string): string {
  const safe = percentSafe(refuseControls(path));
  if (!/[\s"'\\]/u.test(safe)) return safe;
  const quote = safe.includes('"') ? "'" : '"';
  if (safe.includes(quote) || safe.includes('\\'))
    refuse(path, 'it has a backslash, or quotes of both kinds');
  return `${quote}${safe}${quote}`;
}

function percentSafe(text: string): string {
  return text.replaceAll('%', '%%');
}

function refuseControls(text: string): string {
  if (/\p{Cc}/u.test(text)) refuse(text, 'it has control characters');
  return text;
}

function refuse(path: string, problem: string): never {
  throw new IdleproofError('SERVICE_PATH', { path, problem });
}
