import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleOf } from '../support/cli.ts';
import { checkWhile, type ToldRun } from '../support/phases.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';

const RUNNABLE = hasProgram('sqlite3') && hasProgram('nginx');
let out: string;
let nginx: Program;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-events-'));
  if (RUNNABLE) nginx = await startNginx();
});
afterAll(async () => {
  await nginx?.stop();
  rmSync(out, { recursive: true, force: true });
});

function sql(database: string, script: string, env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = spawnSync('sqlite3', [database, script], { env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(stderr.toString());
}

const TABLE =
  'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP);';
const insert = (type: string, time = 'CURRENT_TIMESTAMP'): string =>
  `INSERT INTO events (type, created_at) VALUES ('${type}', ${time});`;

/** Watches nginx with an events table; `meddle` writes to it in the window. nginx itself is silent. */
async function watchTable(database: string, meddle: (run: ToldRun) => Promise<void> | void) {
  const args = [
    '--port',
    String(nginx.port),
    '--events',
    database,
    '--for',
    '11s',
    '--settle',
    '1s',
    '--out',
    out,
  ];
  const result = await checkWhile(args, meddle);
  return { ...result, rule: ruleOf(result.proof, 'background-tool-run') };
}

describe.skipIf(!RUNNABLE)("the app's events table, written by sqlite3 (Debian)", () => {
  it.concurrent('fails for a tool_run that nobody asked for', async () => {
    const database = join(out, 'unasked.db');
    sql(database, `PRAGMA journal_mode=WAL; ${TABLE}`);
    const { rule, code } = await watchTable(database, () => {
      sql(database, insert('tool_run'));
    });
    expect(code).toBe(1);
    expect(rule).toMatchObject({ verdict: 'fail' });
    expect(rule.findings[0]).toMatchObject({ count: 1, subject: { type: 'tool_run' } });
  });

  it.concurrent.each(['WAL', 'DELETE'])(
    'is inconclusive where a row came and went between two looks (%s)',
    async (journal) => {
      const database = join(out, `unseen-${journal}.db`);
      sql(database, `PRAGMA journal_mode=${journal}; ${TABLE}`);
      const { rule, code } = await watchTable(database, async ({ reached }) => {
        await reached('watching', 3);
        sql(database, `${insert('tool_run')} DELETE FROM events;`);
      });
      expect(rule).toMatchObject({ verdict: 'inconclusive' });
      expect(rule.reason).toContain('some may have come and gone between two looks');
      expect(code).toBe(2);
    },
  );

  it.concurrent('passes for the same row 2 s after a user_message', async (test) => {
    const database = join(out, 'asked.db');
    // With another journal, nobody can read while a row is committed: a look of a busy host that falls into that is a gap.
    sql(database, `PRAGMA journal_mode=WAL; ${TABLE}`);
    const { rule, proof } = await watchTable(database, async () => {
      sql(database, insert('user_message'));
      await sleep(2_000);
      sql(database, insert('tool_run'));
    });
    expect(proof.headline).not.toContain('events: not watched');
    expectLookedAt(test, proof);
    expect(rule.verdict, rule.reason ?? '').toBe('pass');
  });

  it.concurrent.each([
    ['with the time at which it does', ", created_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", ['fail']],
    ['and keeps its time', '', ['fail', 'inconclusive']],
  ])('does not pass for a tool_run that one of 40,000 older rows becomes, %s', async (_, time, verdicts) => {
    const database = join(out, `older-${time.length}.db`);
    const rows = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 40000)';
    sql(
      database,
      `PRAGMA journal_mode=WAL; ${TABLE} ${rows} INSERT INTO events (type, created_at) SELECT 'note', datetime('now', '-1 day') FROM n`,
    );
    const { rule } = await watchTable(database, () => {
      sql(database, `UPDATE events SET type = 'tool_run'${time} WHERE id = 30000`);
    });
    expect(verdicts).toContain(rule.verdict);
  });

  it.concurrent('does not miss a row that is stamped in local time without a zone', async () => {
    const database = join(out, 'zone.db');
    sql(database, TABLE);
    const { code, rule } = await watchTable(database, () => {
      sql(database, insert('tool_run', "datetime('now', 'localtime')"), { TZ: 'America/New_York' });
    });
    expect(rule.verdict).toBe('fail');
    expect(code).toBe(1);
  });

  it.concurrent('is inconclusive when harmless rows carry stamps that cannot be right', async () => {
    const database = join(out, 'zone-harmless.db');
    sql(database, TABLE);
    const { code, rule } = await watchTable(database, () => {
      sql(database, insert('note', "datetime('now', '-5 hours')"));
    });
    expect(rule).toMatchObject({ verdict: 'inconclusive', reason: expect.stringMatching(/zone/) });
    expect(code).toBe(2);
  });

  it.concurrent('is inconclusive for a file without the table, and for a file that is not there', async () => {
    const database = join(out, 'other.db');
    sql(database, 'CREATE TABLE messages (id INTEGER PRIMARY KEY, type TEXT);');
    const nothing = (): void => {};
    const [without, missing] = await Promise.all([
      watchTable(database, nothing),
      watchTable(join(out, 'nowhere.db'), nothing),
    ]);
    expect(without.rule).toMatchObject({ verdict: 'inconclusive', reason: expect.stringMatching(/events/) });
    expect(missing.rule).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/nowhere\.db/),
    });
    expect([without.code, missing.code]).toEqual([2, 2]);
  });

  it.concurrent('waits for a row that is committed after the window closed, stamped inside it', async () => {
    const database = join(out, 'late.db');
    sql(database, `PRAGMA journal_mode=WAL; ${TABLE}`);
    const script = `import sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute('BEGIN IMMEDIATE')
c.execute("INSERT INTO events (type, created_at) VALUES ('tool_run', strftime('%Y-%m-%dT%H:%M:%fZ','now'))")
print('written', flush=True)
sys.stdin.read()
c.execute('COMMIT')`;
    const { rule, code } = await watchTable(database, async ({ reached }) => {
      const writer = spawn('python3', ['-c', script, database], { stdio: ['pipe', 'pipe', 'inherit'] });
      const ended = once(writer, 'exit');
      await once(writer.stdout, 'data');
      await reached('late rows');
      writer.stdin.end();
      await ended;
    });
    expect(code, rule.reason ?? '').not.toBe(0);
    expect(rule.verdict).toBe('fail');
  });
});
