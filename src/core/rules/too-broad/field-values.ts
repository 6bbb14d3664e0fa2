import type { FieldReading } from '../fields/row.ts';
import type { Field } from '../fields.ts';

/** Values of which an app mostly has no others, so that what holds for all of them leaves nothing. */
type Family = readonly FieldReading[];

const NAMES: Family = ['zq', 'web-helper', 'Xq7 Worker', 'k_3/0:1', '9p.bin', 'q'];
const COMMANDS: Family = ['zq7', './zq-9 --port 8000', '/usr/bin/zq -c x', 'python3 -m zq_a.b', 'Zq: worker'];
const IDS: Family = ['7', '41523', 'zq-7f3a', '9b2d0c4e-5a1f-4c3d-8e7b-2f6a1d0c9e8b', 'evt_Q'];
const KINDS: Family = ['zq_tick', 'zq.message', 'ZqRun', 'zq-9', 'q', 'zq done'];
const COLUMN: Family = [null, true, false, 0, -1.5, 7, 1e9, '7', '/', '127.0.0.1', ...NAMES, ...KINDS];

const EXECUTABLES = ['zq7', 'helper-x', 'Wk2', 'run.sh', 'q'];
const FILES = ['zq.db', 'x-1.2', 'Cache', 'run.log', 'q'];
const below = (folders: readonly string[], names: readonly string[], separator = '/'): Family =>
  folders.flatMap((folder) => names.map((name) => `${folder}${separator}${name}`));
const UNIX_PROGRAMS = below(
  [
    '/usr/bin',
    '/bin',
    '/usr/lib/zq',
    '/usr/local/bin',
    '/opt/zq 2/bin',
    '/home/u/.local/bin',
    '/tmp',
    '/srv/é',
  ],
  EXECUTABLES,
);
const WINDOWS_PROGRAMS = below(
  ['C:\\Windows\\System32', 'C:\\Program Files\\Zq', 'D:\\zq'],
  EXECUTABLES,
  '\\',
);
const LOGS = ['/srv/zq/backend.log', '/var/log/Zq/a.jsonl', '/home/u/q', '/tmp/zq-9.txt'];
const PATHS = below(['/srv/zq', '/var/lib/zq-1', '/home/u/.cache/Zq', '/tmp', '/data/é/b c'], FILES);

const IPV4: Family = [
  '127.0.0.1',
  '10.1.2.3',
  '192.168.7.9',
  '172.16.5.6',
  '8.8.8.8',
  '192.0.2.1',
  '224.0.0.251',
];
const IPV6: Family = ['::1', 'fe80::1', 'fd00::7', '2001:db8::1', '2600:9::5', 'ff02::fb'];

/** Of each field; of a field that a sort of activity tells, where that sort does not. */
const VALUES: Readonly<Record<string, readonly Family[]>> = {
  target: [NAMES],
  'process.name': [NAMES],
  'process.thread': [NAMES],
  'parent.name': [NAMES],
  'process.cmdline': [COMMANDS],
  // Nobody knows them of most connections, nor the exit codes of most processes.
  'remote.process': [[undefined, ...NAMES]],
  'remote.target': [[undefined, ...NAMES]],
  lifetimeSeconds: [[undefined]],
  exitCode: [[undefined]],
  'remote.ip': [IPV4, IPV6],
  exe: [UNIX_PROGRAMS, WINDOWS_PROGRAMS],
  replaced: [UNIX_PROGRAMS, WINDOWS_PROGRAMS],
  path: [PATHS],
  source: [[...LOGS, ...KINDS]],
  type: [KINDS],
  category: [KINDS],
  id: [IDS],
};

/**
 * Values that stand for all that a field ordinarily has: of each kind of address, path, name. Of numbers and times there are none: their
 * limits tell more. Those who write a rule about what is none of these know what they do.
 */
export function familiesOf({ name, type }: Field): readonly Family[] {
  return type === 'any' ? [COLUMN] : (VALUES[name] ?? [[]]);
}

/** Fields whose values are whole paths. Programs and files lie in folders below the root. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  exe: ['/srv/zq', 'D:\\zq'],
  replaced: ['/srv/zq', 'D:\\zq'],
  path: ['/srv/zq'],
};

/** Of a field of whole paths: where such a value ordinarily lies, of each family; undefined: its values are no paths. */
export const foldersOf = ({ name }: Field): readonly string[] | undefined => FOLDERS[name];
