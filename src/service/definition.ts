import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { IdleproofError } from '../errors.ts';
import { makeFolder } from './folder.ts';
import { launchdPlist } from './launchd-plist.ts';
import type { ServicePlan } from './plan.ts';
import { systemdUnit } from './systemd-unit.ts';
import { readTemplate } from './templates.ts';
import { windowsService } from './windows-service.ts';

const MAX_LINES_SHOWN = 40;

/** The service definition for a platform. */
export function definitionFor(platform: NodeJS.Platform, plan: ServicePlan): string {
  if (platform === 'linux') {
    const name = plan.scope === 'system' ? 'idleproof.service' : 'idleproof-user.service';
    return systemdUnit(readTemplate(name), plan);
  }
  if (platform === 'darwin') return launchdPlist(readTemplate('idleproof.plist'), plan);
  if (platform === 'win32') return windowsService(readTemplate('idleproof-service.xml'), plan);
  throw new IdleproofError('SERVICE_PLATFORM', { platform });
}

/** Null where there is none. */
export function readDefinition(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failed(path, error);
  }
}

export type Written = 'new' | 'unchanged' | 'replaced';

/** Writes a definition; another one that stands there is shown, and replaced only with `force`. */
export function writeDefinition(path: string, text: string, force: boolean): Written {
  const existing = readDefinition(path);
  if (existing === text) return 'unchanged';
  if (existing !== null && !force) {
    throw new IdleproofError('SERVICE_DIFFERS', { path, difference: difference(existing, text) });
  }
  try {
    makeFolder(dirname(path), 0o755);
    writeFileSync(path, text, { mode: 0o644 });
  } catch (error) {
    throw failed(path, error);
  }
  return existing === null ? 'new' : 'replaced';
}

/** Removes it. @throws IdleproofError where that cannot be done */
export function removeDefinition(path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    throw failed(path, error);
  }
}

/** Lines that only one of two texts has: `-` of what is there, `+` of what would be. */
export function difference(existing: string, wanted: string): string {
  const [there, new_] = [existing.split('\n'), wanted.split('\n')];
  const lines = [
    ...there.filter((line) => !new_.includes(line)).map((line) => `- ${line}`),
    ...new_.filter((line) => !there.includes(line)).map((line) => `+ ${line}`),
  ];
  const left = lines.length - MAX_LINES_SHOWN;
  const shown = lines.slice(0, MAX_LINES_SHOWN).map((line) => escapeControls(line.slice(0, 300)));
  if (lines.length === 0) return '(the same lines, in another order)';
  return [...shown, ...(left > 0 ? [`(${left} more)`] : [])].join('\n');
}

function failed(path: string, error: unknown): IdleproofError {
  return new IdleproofError('SERVICE_WRITE', { path, problem: (error as Error).message }, error);
}
