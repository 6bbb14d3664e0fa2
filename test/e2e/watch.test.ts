import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/os/sqlite.ts';
import { Receiver } from '../support/alerts.ts';
import { runCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { proofsIn, startDaemon, windowsIn } from '../support/watch-daemon.ts';
import { apps, endApps, isOpen, newFolder, RULES } from '../support/watch-folder.ts';

const IS_ROOT = process.geteuid?.() === 0;

afterAll(endApps);

const utcOf = (atMs: number | undefined): string => new Date(atMs ?? 0).toISOString();

describe.concurrent('idleproof watch', () => {
  it('refuses a broken configuration or rule file while it runs, and uses a good one', async (test) => {
    const { folder, config, state, reports } = newFolder();
    const pidfile = join(folder, 'app.pid');
    const configText = (windows: string, files = ''): string => `targets:
  late: { select: { pidfile: ./app.pid }${files} }
windows: [${windows}]
rules: [./rules.yaml]
reports: { dir: reports }
`;
    const hand = '{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }';
    writeFileSync(join(folder, 'rules.yaml'), RULES.replaceAll(/^ {2}- \{ id: no-tools.*\n/gm, ''));
    writeFileSync(config, configText(hand));
    const daemon = startDaemon(config, state);
    // Its target is not there yet: nobody can prove anything about it.
    await daemon.becomes(({ targets }) => targets[0]?.isPresent === false);
    await daemon.control.openWindow('hand');
    await sleep(2_500);
    await daemon.control.closeWindow('hand');

    // Another one on the same folder.
    const second = await runCli(['watch', '--config', config, '--state', state]);
    expect({ code: second.code, stdout: second.stdout.includes('watching') }).toEqual({
      code: 3,
      stdout: false,
    });
    expect(second.stderr).toMatch(new RegExp(`^error STATE_TAKEN: .*pid ${daemon.child.pid}`));
    expect(second.stderr.match(/error/g)).toHaveLength(1);

    const app = spawn('sleep', ['1000'], { stdio: 'ignore' });
    apps.add(app);
    writeFileSync(pidfile, `${app.pid}\n`);
    await daemon.becomes(({ targets }) => targets[0]?.isPresent === true);

    const { sha256 } = (await daemon.control.status()).config;
    const refused = async (problem: RegExp): Promise<void> => {
      const { problems } = await daemon.becomes((status) =>
        status.problems.some(({ kind, text }) => kind === 'reload' && problem.test(text)),
      );
      expect(problems.map(({ kind }) => kind)).toContain('reload');
    };
    writeFileSync(config, configText(hand).replace('windows', 'widows'));
    await refused(/widows/);
    await daemon.said('the configuration was refused; the one before is used');
    expect((await daemon.control.status()).config.sha256).toBe(sha256);
    expect((await daemon.control.windows()).windows.map(({ id }) => id)).toEqual(['hand']);
    // An editor that replaces the file.
    writeFileSync(`${config}.new`, configText(hand));
    renameSync(`${config}.new`, config);
    await daemon.becomes(({ problems }) => problems.every(({ kind }) => kind !== 'reload'));

    writeFileSync(join(folder, 'rules.yaml'), RULES.replace('kind: absence', 'kind: absense'));
    await refused(/absense/);
    writeFileSync(join(folder, 'rules.yaml'), RULES.replaceAll(/^ {2}- \{ id: no-tools.*\n/gm, ''));
    await daemon.becomes(({ problems }) => problems.every(({ kind }) => kind !== 'reload'));

    // What can be read, and cannot be watched.
    writeFileSync(config, configText(hand, ', files: [./not-there]'));
    await refused(/not-there/);
    await daemon.becomes(({ windows }) => windows.length === 1);

    writeFileSync(config, configText(`${hand}, { id: other, trigger: manual, minDuration: 1s }`));
    await daemon.becomes(({ windows }) => windows.length === 2);
    expect((await daemon.control.status()).problems.filter(({ kind }) => kind === 'reload')).toEqual([]);
    await daemon.control.openWindow('hand');
    await sleep(3_000);
    daemon.child.kill('SIGHUP');
    await daemon.said('the configuration is as before');
    const { code, stderr } = await daemon.stop();
    app.kill('SIGKILL');
    expect(code, stderr).toBe(0);
    const proofs = proofsIn(reports);
    expect(proofs.map(({ window }) => window.closedBy).sort()).toEqual(['manual', 'shutdown']);
    expect(proofs.find(({ window }) => window.closedBy === 'manual')?.verdict).not.toBe('pass');
    const quiet = proofs.find(({ window }) => window.closedBy === 'shutdown');
    expect(quiet).toBeDefined();
    if (IS_ROOT && quiet !== undefined) {
      expectLookedAt(test, quiet);
      expect(quiet.verdict, quiet.headline).toBe('pass');
    }
  });

  it('goes on after SIGKILL and SIGSTOP, and vouches for no time that it lost', async () => {
    const { folder, config, state, store, reports } = newFolder();
    const app = spawn('sleep', ['1000'], { stdio: 'ignore' });
    apps.add(app);
    writeFileSync(join(folder, 'rules.yaml'), RULES.replaceAll(/^ {2}- \{ id: no-tools.*\n/gm, ''));
    writeFileSync(
      config,
      `tick: 500ms
targets: { app: { select: { pid: ${app.pid} } } }
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./rules.yaml]
reports: { dir: reports }
`,
    );
    const killed = startDaemon(config, state);
    await killed.becomes(() => true);
    await killed.control.openWindow('hand');
    await sleep(2_000);
    // Closed, and dead before anybody could judge it.
    await killed.control.closeWindow('hand');
    killed.child.kill('SIGKILL');
    await killed.result;
    // The socket of the one that was killed is still there.
    expect(statSync(join(state, 'control.sock')).isSocket()).toBe(true);
    expect((await runCli(['status', '--state', state])).code).toBe(3);
    const cut = await runCli(['verify', store]);
    expect(cut.code, cut.stdout + cut.stderr).toBe(0);

    const daemon = startDaemon(config, state);
    const restartedMs = Date.now();
    await daemon.becomes(({ looks }) => looks > 0);
    await daemon.said('ended before it had proved these windows');
    await daemon.control.openWindow('hand');
    await sleep(4_000);
    const stoppedMs = Date.now();
    daemon.child.kill('SIGSTOP');
    await sleep(8_000);
    const backMs = Date.now();
    daemon.child.kill('SIGCONT');
    await daemon.becomes(({ windows }) => windows[0]?.lastVerdict !== null);
    await daemon.becomes(isOpen);
    await sleep(3_000);
    const { code, stderr } = await daemon.stop();
    app.kill('SIGKILL');
    expect(code, stderr).toBe(0);
    const windows = windowsIn(store);
    const first = windows.shift();
    expect(first?.closedBy).toBe('manual');
    expect(windows.map(({ closedBy }) => closedBy)).toEqual(['gap', 'shutdown']);
    expect(windows[0]!.fromMs).toBeGreaterThanOrEqual(restartedMs - 5_000);
    expect(windows[0]!.toMs).toBeLessThanOrEqual(stoppedMs + 1_000);
    expect(windows[1]!.fromMs).toBeGreaterThanOrEqual(backMs - 50);
    const proofs = proofsIn(reports);
    expect(proofs).toHaveLength(3);
    const unheard = proofs.find(({ window }) => window.opened.utc === utcOf(first?.fromMs));
    expect(unheard?.verdict, unheard?.headline).not.toBe('pass');
    const whole = await runCli(['verify', store]);
    expect(whole.code, whole.stdout + whole.stderr).toBe(0);
  });

  it('judges what a daemon that was killed has left, and tells it once', async () => {
    const { folder, config, state, store, reports } = newFolder();
    const receiver = new Receiver();
    await receiver.up();
    const app = spawn('sleep', ['1000'], { stdio: 'ignore' });
    apps.add(app);
    const db = openSqlite(join(folder, 'app.db'));
    db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT NOT NULL, created_at TEXT NOT NULL)');
    writeFileSync(join(folder, 'rules.yaml'), RULES);
    const hand = (id: string): string => `{ id: ${id}, trigger: manual, settle: 0s, minDuration: 1s }`;
    const configure = (...windows: string[]): void =>
      writeFileSync(
        config,
        `tick: 500ms
targets: { app: { select: { pid: ${app.pid} }, events: { sqlite: ./app.db, table: events } } }
windows: [${windows.map(hand).join()}]
rules: [./rules.yaml]
reports: { dir: reports }
alerts: [{ type: webhook, url: "\${ALERT_URL}" }]
`,
      );
    configure('open', 'closed', 'calm');
    const env = { ...process.env, ALERT_URL: receiver.url };
    const first = startDaemon(config, state, { env });
    await first.becomes(() => true);
    await first.control.openWindow('open');
    await first.control.openWindow('closed');
    const at = new Date().toISOString();
    db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run('tool_run', at);
    // What is committed is what counts: an edge of another window commits it.
    const { looks } = await first.control.status();
    await first.becomes((status) => status.looks > looks + 2);
    await first.control.openWindow('calm');
    await first.control.closeWindow('closed');
    await first.becomes((status) => status.looks > looks + 5);
    first.child.kill('SIGKILL');
    await first.result;

    // The next one dies of it, too; one window is configured no more.
    configure('closed', 'calm');
    const second = startDaemon(config, state, { env });
    await second.said('they are proved now');
    second.child.kill('SIGKILL');
    await second.result;
    const third = startDaemon(config, state, { env });
    await third.becomes(({ alerts, looks: looked }) => looked > 0 && alerts.outbox === 0);
    const { code, stderr } = await third.stop();
    expect(code, stderr).toBe(0);
    app.kill('SIGKILL');
    db.close();
    await receiver.down();

    // One that dies between the receiver's answer and its own note of it sends the same notice again.
    const notices = new Map(receiver.documents.map((document) => [document.id, document]));
    const alerted = [...notices.values()].flatMap(({ alerts }) => alerts.map(({ window }) => window));
    expect(alerted.sort()).toEqual(['closed', 'open']);
    const byId = new Map(windowsIn(store).map((window) => [window.id, window]));
    expect(byId.get('open')).toMatchObject({ closedBy: 'killed', isCutOff: true });
    expect(byId.get('closed')).toMatchObject({ closedBy: 'manual', isCutOff: true });
    const proofs = new Map(proofsIn(reports).map((proof) => [proof.window.id, proof]));
    expect(proofsIn(reports)).toHaveLength(byId.size);
    const told = (id: string): string => `${proofs.get(id)?.verdict} ${proofs.get(id)?.window.closedBy}`;
    expect([told('open'), told('closed')]).toEqual(['fail killed', 'fail manual']);
    // It was open for a moment only; nobody says that it was quiet.
    expect(proofs.get('calm')?.verdict).not.toBe('pass');
    for (const name of readdirSync(reports).filter((one) => !one.includes('summary'))) {
      const proof = join(reports, name, 'proof.json');
      const rules = join(folder, 'rules.yaml');
      const held = await runCli(['verify', proof, '--evidence', store, '--rules', rules]);
      expect(held.code, held.stdout + held.stderr).toBe(0);
    }
  });

  it('does not start without its secrets, or in a folder that is open to others', async () => {
    const { folder, config, state } = newFolder();
    writeFileSync(join(folder, 'rules.yaml'), RULES);
    writeFileSync(
      config,
      `targets: { app: { select: { name: nobody-is-called-so } } }
windows: [{ id: hand, trigger: manual }]
rules: [./rules.yaml]
alerts: [{ type: webhook, url: "\${IDLEPROOF_TEST_URL}" }]
`,
    );
    const { IDLEPROOF_TEST_URL: _, ...env } = process.env;
    const missing = await runCli(['watch', '--config', config, '--state', state], { env });
    expect(missing.code).toBe(3);
    expect(missing.stderr).toMatch(/^error CONFIG_INVALID: .*idleproof\.yaml:4:\d+: .*IDLEPROOF_TEST_URL/);
    mkdirSync(state, { mode: 0o755 });
    const open = await runCli(['watch', '--config', config, '--state', state], {
      env: { ...env, IDLEPROOF_TEST_URL: 'http://127.0.0.1:1/secret' },
    });
    expect(open.code).toBe(3);
    expect(open.stderr).toMatch(/^error STATE_FOLDER: .*open to others/);
    expect(open.stdout + open.stderr).not.toContain('secret');
  });
});
