import { type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { freePort, isRoot } from '../support/programs.ts';
import { killDaemons, startDaemon } from '../support/watch-daemon.ts';
import { checked, endApps, found, init, missingIn, newFolder, only, startChat } from '../support/init.ts';

const NOBODY = 65_534;
const IS_ROOT = process.geteuid?.() === 0;

afterEach(() => killDaemons());
afterAll(endApps);

describe('idleproof init on an app with an events table', () => {
  let folder: string;
  let port: number;
  let app: ChildProcess;
  beforeAll(async () => {
    folder = newFolder();
    port = await freePort();
    app = await startChat(folder, port);
  });

  it('writes what check and watch run with', async () => {
    const { code, stdout, stderr, config } = await init(['--port', String(port)], folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('idleproof.yaml\n');
    expect(stderr).toContain('idleproof check --config idleproof.yaml');
    expect(stderr).not.toContain('Not found');
    const { targets, user, windows, rules } = loadConfig(config);
    expect(targets).toEqual([
      {
        name: 'python3',
        select: { by: 'port', port },
        tree: true,
        events: { sqlite: join(folder, 'data/app.db'), table: 'events' },
        files: [join(folder, 'data')],
      },
    ]);
    expect(user).toEqual([{ activity: 'event', match: { type: 'user_message' } }]);
    expect(windows.map(({ trigger }) => trigger)).toEqual(['user-quiet', 'schedule', 'manual']);
    expect(rules).toEqual(['no-background-agents', 'idle-budget']);
    expect(readFileSync(config, 'utf8')).toContain(`# Log that it writes: ${folder}/data/app.log`);

    const proof = await checked(folder);
    expect(proof.targets.map(({ name }) => name)).toEqual(['python3']);
    expect(proof.headline).not.toContain('events: not watched');
    expect(proof.rules.find(({ id }) => id === 'background-tool-run')?.verdict).not.toBe('notApplicable');

    const daemon = startDaemon(config, join(folder, 'state'), { cwd: folder });
    const status = await daemon.becomes(({ looks }) => looks > 0);
    expect(status.targets).toMatchObject([{ name: 'python3', isPresent: true }]);
    expect(status.windows.map(({ id }) => id)).toEqual(['after-use', 'nightly', 'by-hand']);
    expect(status.problems).toEqual([]);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('never replaces a file unless it is told to', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'idleproof.yaml'), 'mine');
    const refused = await init(['--port', String(port)], cwd);
    expect(refused).toMatchObject({ code: 3, stdout: '', yaml: 'mine' });
    expect(refused.stderr).toMatch(/^error CONFIG_EXISTS: .*idleproof\.yaml/);
    const printed = await init(['--port', String(port), '--stdout'], cwd);
    expect(printed).toMatchObject({ code: 0, yaml: 'mine' });
    expect(printed.stdout).toContain(`port: ${port}`);
    const forced = await init(['--port', String(port), '--force'], cwd);
    expect(forced.code).toBe(0);
    expect(forced.yaml).toBe(printed.stdout);
    expect(readdirSync(cwd)).toEqual(['idleproof.yaml']);
    // A link to nowhere is a file that is there, too.
    symlinkSync(join(cwd, 'elsewhere.yaml'), join(cwd, 'link.yaml'));
    expect((await init(['--port', String(port), '--out', 'link.yaml'], cwd)).code).toBe(3);
    expect(existsSync(join(cwd, 'elsewhere.yaml'))).toBe(false);
    const nowhere = await init(['--port', String(port), '--out', 'no/such/folder.yaml'], cwd);
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toMatch(/^error CONFIG_WRITE: /m);
  });

  it('finds a lasting selector for a pid', async () => {
    const target = only(await found(['--pid', String(app.pid)], newFolder()));
    expect(target.select).toEqual({ by: 'port', port });
    expect(target.selectNote).toContain(`pid ${app.pid}`);
  });

  it('lists who could be named where nobody was', async () => {
    const cwd = newFolder();
    const { code, stdout, stderr } = await init([], cwd);
    expect(code).toBe(3);
    expect(stdout).toMatch(new RegExp(`^${port} +python3 +${app.pid} `, 'm'));
    expect(stderr).toMatch(/^error NO_TARGET: /);
    expect(readdirSync(cwd)).toEqual([]);
    const { stdout: json } = await init(['--json'], cwd);
    expect((JSON.parse(json) as { candidates: object[] }).candidates).toContainEqual(
      expect.objectContaining({ port, pid: app.pid, name: 'python3' }),
    );
  });

  it('refuses what check refuses', async () => {
    const cwd = newFolder();
    for (const args of [
      ['--pid', '1'],
      ['--prot', '80'],
      ['nginx'],
      ['--port', String(port), '--stdout', '--json'],
    ])
      expect((await init(args, cwd)).code, args.join(' ')).toBe(3);
    expect((await init(['nginx'], cwd)).stderr).toMatch(/^error ARGUMENT_UNEXPECTED: .*\n.*--name nginx/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.skipIf(!IS_ROOT)('says what it may not see of another user (needs root)', async () => {
    const cwd = newFolder();
    chmodSync(cwd, 0o777);
    const discovery = await found(['--pid', String(app.pid)], cwd, { uid: NOBODY });
    expect(only(discovery)).toMatchObject({ ports: [], events: null, tables: [], folders: [] });
    expect(missingIn(discovery)).toMatch(/may not be read by this user.*as root/);
    expect(missingIn(discovery)).not.toMatch(/holds no SQLite|listens on no/);
    // Nothing that could not be seen is claimed not to be there.
    expect(loadConfig(join(cwd, 'idleproof.yaml'))).toMatchObject({ user: [] });
    const hidden = await init(['--port', String(port), '--force'], cwd, { uid: NOBODY });
    expect(hidden.code).toBe(3);
    expect(hidden.stderr).toMatch(/^error PORT_OWNER_HIDDEN: /);
  });

  if (!IS_ROOT) isRoot('an app of another user');
});
