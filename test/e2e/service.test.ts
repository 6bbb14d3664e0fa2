import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

/** A real systemd is needed for the rest: test/service. */
let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'idleproof-home-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: home });

describe('idleproof service', () => {
  it('is told how to be used', async () => {
    expect((await runCli(['service'])).code).toBe(3);
    expect((await runCli(['service', 'instal'])).code).toBe(3);
    expect((await runCli(['service', 'install', '--now'])).code).toBe(3);
    const help = await runCli(['service', '--help']);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes:') });
  });

  it('says that nothing is installed, and has nothing to remove', async () => {
    const status = await runCli(['service', 'status', '--user', '--json'], { env: env() });
    expect(JSON.parse(status.stdout)).toEqual({
      definitionPath: join(home, '.config/systemd/user/idleproof.service'),
      installed: false,
      stateFolder: null,
      unit: null,
    });
    const removed = await runCli(['service', 'uninstall', '--user'], { env: env() });
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining('not installed') });
  });

  it('needs a configuration that can be read', async () => {
    const { code, stderr } = await runCli(['service', 'install', '--user'], { env: env() });
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('CONFIG_UNREADABLE') });
    expect(stderr).toContain(join(home, '.config/idleproof/idleproof.yaml'));
  });

  it('refuses a rule file with a mistake, before anything is written', async () => {
    const config = join(home, 'soak.yaml');
    writeFileSync(
      join(home, 'ours.yaml'),
      'pack: ours\nrules: [{ id: calm, kind: absense, activity: network }]\n',
    );
    writeFileSync(config, 'targets: { app: { select: { name: app } } }\nrules: [./ours.yaml]\n');
    const { code, stderr } = await runCli(['service', 'install', '--user', '--config', config], {
      env: env(),
    });
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('ours.yaml:2:') });
    expect(existsSync(join(home, '.config'))).toBe(false);
  });

  it.skipIf(existsSync('/run/systemd/system'))('changes nothing where there is no systemd', async () => {
    const config = join(home, 'soak.yaml');
    writeFileSync(config, 'targets: { app: { select: { name: app } } }\n');
    const { code, stderr } = await runCli(['service', 'install', '--user', '--config', config], {
      env: env(),
    });
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('SERVICE_MANAGER_MISSING'),
    });
    expect(existsSync(join(home, '.config'))).toBe(false);
    expect(existsSync(join(home, '.local'))).toBe(false);
  });
});
