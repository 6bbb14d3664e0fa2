import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Program, startProgram } from '../support/programs.ts';

/** Debian keeps each version apart, and none of it in the path. */
const VERSIONS = '/usr/lib/postgresql';
const version = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort().at(-1) : undefined;

export const POSTGRES: string = join(VERSIONS, version ?? '0', 'bin/postgres');

/** It refuses to run as root. */
const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];

/** A new cluster, whose log has times in seconds since the epoch. */
export const startPostgres = (settings: readonly string[]): Promise<Program> =>
  startProgram((folder, port) => {
    chmodSync(folder, 0o777);
    const data = join(folder, 'data');
    const [setpriv = '', ...args] = AS_POSTGRES;
    const initdb = [...args, POSTGRES.replace(/postgres$/, 'initdb'), '-D', data, '-A', 'trust', '--no-sync'];
    const { status, stderr } = spawnSync(setpriv, initdb, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`initdb: ${stderr}`);
    const all = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'unix_socket_directories=',
      'logging_collector=on',
      `log_directory=${folder}`,
      'log_filename=log',
      'log_line_prefix=%n ',
      ...settings,
    ];
    return [...AS_POSTGRES, POSTGRES, '-D', data, ...all.flatMap((one) => ['-c', one])];
  });

/** When a worker of autovacuum began, in ms since the epoch, as its log tells at debug1. */
export const workersAt =
  ({ folder }: Program) =>
  (): number[] =>
    readFileSync(join(folder, 'log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('autovacuum: processing database'))
      .map((line) => 1000 * Number(line.split(' ')[0]));
