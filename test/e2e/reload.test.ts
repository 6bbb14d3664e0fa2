import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killDaemons, proofsIn, startDaemon, type WatchDaemon } from '../support/watch-daemon.ts';

const folders: string[] = [];
let app: ChildProcess;

beforeAll(() => {
  app = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterAll(() => {
  killDaemons();
  app.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Place {
  root: string;
  folder: string;
  config: string;
  pack: string;
}

function newPlace(): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-reload-')));
  folders.push(root);
  const folder = join(root, 'app');
  mkdirSync(join(folder, 'rules'), { recursive: true });
  return { root, folder, config: join(folder, 'idleproof.yaml'), pack: join(folder, 'rules/ours.yaml') };
}

const configText = (windows: readonly string[], rules = './rules/ours.yaml'): string => `targets:
  app: { select: { pid: ${app.pid} } }
windows: [${windows.map((id) => `{ id: ${id}, trigger: manual, settle: 0s, minDuration: 1s }`).join(', ')}]
rules: [${rules}]
reports: { dir: reports }
`;

const packText = (id: string): string =>
  `pack: ours\nrules:\n  - { id: ${id}, title: No calls, failureTitle: It calls, kind: absence, activity: network }\n`;

async function begin({ root, config, pack }: Place): Promise<WatchDaemon> {
  writeFileSync(config, configText(['first']));
  writeFileSync(pack, packText('one'));
  const daemon = startDaemon(config, join(root, 'state'), { cwd: root });
  await daemon.becomes(({ looks }) => looks > 0);
  return daemon;
}

const hasWindows = (daemon: WatchDaemon, ...ids: string[]): Promise<unknown> =>
  daemon.becomes(({ windows }) => windows.map(({ id }) => id).join() === ids.join());

const isRefused = (daemon: WatchDaemon, problem: RegExp): Promise<unknown> =>
  daemon.becomes(({ problems }) =>
    problems.some(({ kind, text }) => kind === 'reload' && problem.test(text)),
  );

const isAccepted = (daemon: WatchDaemon): Promise<unknown> =>
  daemon.becomes(({ problems }) => problems.every(({ kind }) => kind !== 'reload'));

/** Ids of the rules by which a window is judged now. */
async function judgingRules(daemon: WatchDaemon, reports: string, id: string): Promise<string[]> {
  await daemon.control.openWindow(id);
  await sleep(2_000);
  await daemon.control.closeWindow(id);
  await daemon.becomes(({ windows }) => windows.find((one) => one.id === id)?.lastVerdict !== null);
  return proofsIn(reports)
    .at(-1)!
    .rules.map((rule) => rule.id);
}

describe.concurrent('idleproof watch and files that are saved in other ways', () => {
  it('uses a pack that was broken when it was first named, when only the pack is mended', async () => {
    const place = newPlace();
    const daemon = await begin(place);
    const late = join(place.folder, 'late.yaml');
    writeFileSync(late, packText('two').replace('absence', 'absense').replace('ours', 'late'));
    writeFileSync(place.config, configText(['first', 'second'], './rules/ours.yaml, ./late.yaml'));
    await isRefused(daemon, /absense/);
    writeFileSync(late, packText('two').replace('ours', 'late'));
    await hasWindows(daemon, 'first', 'second');
    await isAccepted(daemon);
    // It is watched from then on, and what is refused is said once however often it is tried.
    writeFileSync(late, packText('two').replace('absence', 'absense'));
    await isRefused(daemon, /absense/);
    const refusals = (): number => daemon.log().filter(({ msg }) => msg.includes('refused')).length;
    const before = refusals();
    await sleep(7_000);
    expect(refusals()).toBe(before);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('goes on with what it has while the files are away, and takes them when they come back', async () => {
    const place = newPlace();
    const daemon = await begin(place);
    unlinkSync(place.config);
    await isRefused(daemon, /idleproof\.yaml/);
    await hasWindows(daemon, 'first');
    writeFileSync(place.config, configText(['first', 'second']));
    await hasWindows(daemon, 'first', 'second');
    await isAccepted(daemon);
    rmSync(join(place.folder, 'rules'), { recursive: true });
    await isRefused(daemon, /ours\.yaml/);
    mkdirSync(join(place.folder, 'rules'));
    writeFileSync(place.pack, packText('two'));
    await isAccepted(daemon);
    expect(await judgingRules(daemon, join(place.folder, 'reports'), 'first')).toEqual(['two']);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('follows a folder that is replaced by a deployment', async () => {
    const place = newPlace();
    const daemon = await begin(place);
    for (const nth of [2, 3]) {
      const next = join(place.root, 'next');
      mkdirSync(join(next, 'rules'), { recursive: true });
      writeFileSync(join(next, 'idleproof.yaml'), configText(['first', `w${nth}`]));
      writeFileSync(join(next, 'rules/ours.yaml'), packText(`rule-${nth}`));
      renameSync(place.folder, join(place.root, `old-${nth}`));
      renameSync(next, place.folder);
      await hasWindows(daemon, 'first', `w${nth}`);
    }
    expect(await judgingRules(daemon, join(place.folder, 'reports'), 'w3')).toEqual(['rule-3']);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('follows links that are swapped, with packs named relative to the link', async () => {
    const place = newPlace();
    const { root, folder, config } = place;
    const release = (nth: number, rule: string): void => {
      mkdirSync(join(root, `v${nth}`, 'rules'), { recursive: true });
      writeFileSync(join(root, `v${nth}`, 'idleproof.yaml'), configText(['first', `w${nth}`]));
      writeFileSync(join(root, `v${nth}`, 'rules/ours.yaml'), packText(rule));
      symlinkSync(`v${nth}`, join(root, 'current.new'));
      renameSync(join(root, 'current.new'), join(root, 'current'));
    };
    release(1, 'one');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    symlinkSync('../current/idleproof.yaml', config);
    symlinkSync('../current/rules', join(folder, 'rules'));
    const daemon = startDaemon(config, join(root, 'state'), { cwd: root });
    await hasWindows(daemon, 'first', 'w1');
    release(2, 'two');
    await hasWindows(daemon, 'first', 'w2');
    release(3, 'three');
    await hasWindows(daemon, 'first', 'w3');
    writeFileSync(join(root, 'v3/rules/ours.yaml'), packText('four'));
    await daemon.said('another configuration is used', 3);
    expect(await judgingRules(daemon, join(folder, 'reports'), 'w3')).toEqual(['four']);
    expect((await daemon.stop()).code).toBe(0);
  });

  it('ends with the last of many changes, by files, SIGHUP and the control socket at once', async () => {
    const place = newPlace();
    const daemon = await begin(place);
    const asked: Promise<unknown>[] = [];
    for (let nth = 0; nth < 30; nth += 1) {
      writeFileSync(place.config, nth % 3 === 2 ? 'windows: [' : configText(['first', `w${nth}`]));
      if (nth % 2 === 0) daemon.child.kill('SIGHUP');
      else asked.push(daemon.control.reload().catch(() => null));
      await sleep(37);
    }
    writeFileSync(place.config, configText(['first', 'last']));
    await Promise.all(asked);
    await hasWindows(daemon, 'first', 'last');
    await isAccepted(daemon);
    const { sha256 } = (await daemon.control.status()).config;
    await sleep(6_000);
    await hasWindows(daemon, 'first', 'last');
    expect((await daemon.control.status()).config.sha256).toBe(sha256);
    expect(readFileSync(place.config, 'utf8')).toContain('last');
    expect((await daemon.stop()).code).toBe(0);
  });
});
