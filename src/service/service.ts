import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { IdleproofError } from '../errors.ts';
import { loadNative } from '../os/native.ts';
import { SYSTEM_STATE_FOLDER } from '../os/standard-folders.ts';
import { serviceCommand } from './command.ts';
import { defaultPaths } from './default-paths.ts';
import { definitionFor, readDefinition, removeDefinition, writeDefinition } from './definition.ts';
import { makeFolder } from './folder.ts';
import type { ServiceScope } from './plan.ts';
import { stateFolderOf } from './systemd-unit.ts';
import { systemctl, UNIT, type UnitState, unitState } from './systemctl.ts';
import { changeableByOthers } from './trust.ts';

export interface InstallRequest {
  scope: ServiceScope;
  /** Absolute paths. */
  configPath: string;
  /** Of the rules that the configuration names. */
  packFiles: readonly string[];
  stateFolder: string;
  /** Where the configuration has proofs written to. */
  reportsFolder: string | null;
  /** Replaces a different definition. */
  force: boolean;
}

export interface ServiceStatus {
  definitionPath: string;
  installed: boolean;
  /** Where its evidence is; null where that is not known. */
  stateFolder: string | null;
  /** Null where it is not installed, or not run by systemd. */
  unit: UnitState | null;
}

/** Installs and starts the service; returns what it did and what to know, a line each. Doing it twice changes nothing. */
export function installService(request: InstallRequest): string[] {
  const { scope, configPath, packFiles, stateFolder, reportsFolder, force } = request;
  const { platform } = process;
  mayManage(scope);
  const { definitionPath } = defaultPaths(platform, scope);
  const writableFolders = reportsFolder === null ? [] : [reportsFolder];
  const plan = { scope, command: serviceCommand(configPath, stateFolder), stateFolder, writableFolders };
  const text = definitionFor(platform, plan);
  if (platform === 'linux') mayStart(scope);
  const written = writeDefinition(definitionPath, text, force);
  if (scope !== 'system' || platform !== 'linux' || stateFolder !== SYSTEM_STATE_FOLDER) {
    makeFolder(stateFolder, 0o700);
  }
  for (const folder of writableFolders) makeFolder(folder, 0o755);
  return [
    `${definitionPath}: ${written === 'new' ? 'written' : written}`,
    ...(platform === 'linux'
      ? startUnit(scope, written === 'replaced')
      : startByHand(platform, definitionPath)),
    `evidence: ${stateFolder}`,
    ...(scope === 'user' ? userNotes() : trustNotes([...plan.command.slice(0, 2), configPath, ...packFiles])),
  ];
}

/** Stops and removes the service; evidence and configuration stay. Returns what it did, a line each. */
export function uninstallService(scope: ServiceScope): string[] {
  const { platform } = process;
  mayManage(scope);
  const { definitionPath, stateFolder } = defaultPaths(platform, scope);
  const text = readDefinition(definitionPath);
  if (text === null) return [`${definitionPath}: not installed`];
  const evidence = stateFolderOf(text) ?? stateFolder;
  if (platform === 'linux') systemctl(scope, 'disable', '--now', UNIT);
  removeDefinition(definitionPath);
  if (platform === 'linux') systemctl(scope, 'daemon-reload');
  const dropIns = `${definitionPath}.d`;
  return [
    `${definitionPath}: ${platform === 'linux' ? 'stopped, disabled and removed' : 'removed'}`,
    ...(existsSync(dropIns) ? [`${dropIns}: kept`] : []),
    `evidence: kept in ${evidence}`,
  ];
}

/** Whether the service is installed, and what its manager says of it. */
export function serviceStatus(scope: ServiceScope): ServiceStatus {
  const { definitionPath } = defaultPaths(process.platform, scope);
  const text = readDefinition(definitionPath);
  const installed = text !== null;
  return {
    definitionPath,
    installed,
    stateFolder: text === null ? null : stateFolderOf(text),
    unit: installed && process.platform === 'linux' ? unitState(scope) : null,
  };
}

/** Throws, before anything is written, where there is no service manager, or the daemon could not be ready for it. */
function mayStart(scope: ServiceScope): void {
  systemctl(scope, 'list-units', UNIT);
  if (loadNative() === null) throw new IdleproofError('SERVICE_UNTOLD');
}

/** A definition that was replaced is run from now on, not from the next boot. */
function startUnit(scope: ServiceScope, isReplaced: boolean): string[] {
  systemctl(scope, 'daemon-reload');
  systemctl(scope, 'enable', '--now', UNIT);
  if (isReplaced) systemctl(scope, 'restart', UNIT);
  const { activeState, subState, mainPid } = unitState(scope);
  const user = scope === 'user' ? '--user ' : '';
  return [
    `enabled and started: ${activeState} (${subState})${mainPid === null ? '' : `, pid ${mainPid}`}`,
    `look at it: systemctl ${user}status idleproof; journalctl ${user}-u idleproof -f`,
  ];
}

function startByHand(platform: NodeJS.Platform, definitionPath: string): string[] {
  return platform === 'darwin'
    ? [`start it: launchctl bootstrap ${startDomain()} "${definitionPath}"`]
    : [
        `start it: put WinSW beside it as idleproof-service.exe; idleproof-service.exe install; idleproof-service.exe start`,
      ];
}

function startDomain(): string {
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? 'system' : `gui/${uid}`;
}

/** Throws where it may not be: the service of a machine belongs to root. On Windows the wrapper asks for its rights. */
export function mayManage(scope: ServiceScope): void {
  if (scope === 'system' && process.platform !== 'win32' && process.geteuid?.() !== 0) {
    throw new IdleproofError('SERVICE_NEEDS_ROOT');
  }
}

function userNotes(): string[] {
  const { username, uid } = userInfo();
  if (uid === 0) return [];
  return [
    "note: as an ordinary user it sees less: no kernel trace, and of other users' programs hardly anything (idleproof doctor tells)",
    `note: it ends when ${username} logs out, unless: loginctl enable-linger ${username}`,
  ];
}

function trustNotes(paths: readonly string[]): string[] {
  return changeableByOthers(paths).map(
    ({ path, reason }) => `note: ${reason}: whoever can change ${path} can run programs as root`,
  );
}
