import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from '../support/watch-daemon.ts';
it('follows a pack that another one extends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-extends-'));
  const app = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const base = (kind: string) =>
    `pack: base\nrules:\n  - { id: calls, title: No calls, failureTitle: It calls, kind: ${kind}, activity: network }\n`;
  writeFileSync(join(folder, 'base.yaml'), base('absence'));
  writeFileSync(
    join(folder, 'ours.yaml'),
    'pack: ours\nextends: ./base.yaml\nrules:\n  - { id: spawns, title: S, failureTitle: S, kind: absence, activity: process }\n',
  );
  const config = join(folder, 'idleproof.yaml');
  writeFileSync(
    config,
    `targets: { app: { select: { pid: ${app.pid} } } }\nwindows: [{ id: hand, trigger: manual }]\nrules: [./ours.yaml]\n`,
  );
  const daemon = startDaemon(config, join(folder, 'state'), { cwd: folder });
  await daemon.becomes(({ looks }) => looks > 0);
  writeFileSync(join(folder, 'base.yaml'), base('absense'));
  await daemon.becomes(({ problems }) =>
    problems.some(({ kind, text }) => kind === 'reload' && text.includes('absense')),
  );
  writeFileSync(join(folder, 'base.new'), base('periodicity'));
  renameSync(join(folder, 'base.new'), join(folder, 'base.yaml'));
  await daemon.said('another configuration is used');
  await daemon.becomes(({ problems }) => problems.length === 0);
  expect((await daemon.stop()).code).toBe(0);
  app.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
