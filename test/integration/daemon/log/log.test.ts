import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../../src/daemon/log/log.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'idleproof-log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = `
import { createLog } from ${JSON.stringify(new URL('../../../../dist/daemon/log/log.js', import.meta.url).href)};
const log = createLog({ level: 'info', folder: process.argv[1] });
log.hide(['s3cret-token']);
log.debug('not this one');
log.info('ready', { windows: 2 });
log.warn('sent to s3cret-token\\n<0>forged');
log.error('failed', { error: Object.assign(new Error('no space'), { code: 'ENOSPC' }) });
log.fatal('gone');
log.close();
`;

/** Runs the program with its stdout in a file, which stands for the journal's stream where `asJournal` says so. */
function run(stdout: string, asJournal: boolean): void {
  const fd = openSync(stdout, 'w');
  const { dev, ino } = fstatSync(fd, { bigint: true });
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, join(folder, 'state')],
    {
      stdio: ['ignore', fd, 'pipe'],
      env: { ...process.env, JOURNAL_STREAM: asJournal ? `${dev}:${ino}` : '1:2' },
    },
  );
  closeSync(fd);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
}

const records = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the log', () => {
  it('gives the journal one line a record with its level, and writes no file', () => {
    const path = join(folder, 'stdout');
    run(path, true);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.slice(0, 4))).toEqual(['<6>{', '<4>{', '<3>{', '<2>{']);
    expect(records(lines.map((line) => line.slice(3)).join('\n'))).toMatchObject([
      { level: 'info', msg: 'ready', windows: 2, time: expect.stringMatching(/^\d{4}-.*Z$/) },
      { level: 'warn', msg: String.raw`sent to [hidden]\x0a<0>forged` },
      { level: 'error', error: { message: 'no space', code: 'ENOSPC' } },
      { level: 'fatal' },
    ]);
    expect(readdirSync(folder)).toEqual(['stdout']);
  });

  it('writes JSON to stdout and to a file where there is no journal', () => {
    const path = join(folder, 'stdout');
    run(path, false);
    const text = readFileSync(path, 'utf8');
    expect(records(text)).toHaveLength(4);
    expect(readFileSync(join(folder, 'state', 'idleproof.log'), 'utf8')).toBe(text);
  });

  it('makes no file as long as there is nothing to say', () => {
    const log = createLog({ level: 'warn', folder: join(folder, 'state') });
    log.info('not important enough');
    log.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes on when stdout takes nothing, and says how much was lost', () => {
    run('/dev/full', false);
    const said = records(readFileSync(join(folder, 'state', 'idleproof.log'), 'utf8'));
    expect(said.map(({ lostRecords }) => lostRecords)).toEqual([undefined, 1, 1, 1]);
  });
});
