import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import type { Proof } from '../../src/model/proof.ts';
import { startDaemon, type WatchDaemon } from '../support/watch-daemon.ts';
import { RULES } from './check-watchdog.ts';
import type { Start } from './fault.ts';
import type { ActedAt, Outcome } from './outcome.ts';
import { LINE, type Scene } from './scene.ts';
import type { Watchdog } from './watchdog.ts';

export const configOf = ({ folder }: Scene): string => join(folder, 'idleproof.yaml');
export const rulesOf = ({ folder }: Scene): string => join(folder, 'rules.yaml');
export const stateOf = ({ folder }: Scene): string => join(folder, 'state');

/** `idleproof watch` on a scene, with one window that is opened by hand. A daemon that was killed is started again for the proof. */
export function startWatch(scene: Scene, start: Start): Watchdog {
  writeFileSync(rulesOf(scene), readFileSync(RULES));
  writeFileSync(
    configOf(scene),
    `tick: 500ms
targets:
  app:
    select: { pidfile: ${scene.pidfile} }
    events: { sqlite: ${scene.database}, table: events }
    logs: [{ file: ${scene.log}, format: { regex: '${LINE}' } }]
    files: [${scene.files}]
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s, guard: 0s }]
rules: [./rules.yaml]
reports: { dir: ./out }
`,
  );
  const state = stateOf(scene);
  if (!existsSync(state)) mkdirSync(state, { mode: 0o700 });
  const { args: _, ...options } = start;
  let daemon: WatchDaemon = startDaemon(configOf(scene), state, options);
  let said = '';
  daemon.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const isOver = (): boolean => daemon.child.exitCode !== null || daemon.child.signalCode !== null;
  const out = join(scene.folder, 'out');
  return {
    get pid() {
      return daemon.child.pid ?? 0;
    },
    out,
    watching: async () => {
      await daemon.becomes(({ looks, targets }) => looks > 1 && targets[0]?.isPresent === true);
      await daemon.control.openWindow('hand');
      const { looks: before } = await daemon.becomes(({ windows }) => windows[0]?.state === 'open');
      await daemon.becomes(({ looks }) => looks > before);
    },
    said: async (what) => {
      while (!what.test(said)) {
        if (isOver()) throw new Error(`it ended before it said ${what}: ${said.slice(-300)}`);
        await sleep(20);
      }
    },
    kill: (signal) => {
      daemon.child.kill(signal);
    },
    ended: async () => {
      await daemon.result;
    },
    outcome: async (acted) => {
      if (isOver()) {
        daemon = startDaemon(configOf(scene), state, {});
        await daemon.said('watching');
        for (let tries = 0; tries < 25 && proofsBelow(out).length === 0; tries += 1) await sleep(200);
      } else {
        // A look after what was done last, so that the window reaches as far.
        await sleep(1_200);
        // Where it cannot be told so, its end closes the window.
        const isTold = await daemon.control.closeWindow('hand').then(
          () => true,
          () => false,
        );
        if (isTold) await daemon.becomes(isJudged);
      }
      const { stderr, stdout } = await daemon.stop();
      return { proof: aboutTime(proofsBelow(out), acted), code: null, stderr: stderr || stdout.slice(-400) };
    },
    abandon: async () => {
      if (isOver()) return;
      daemon.child.kill('SIGCONT');
      daemon.child.kill('SIGKILL');
      await daemon.result;
    },
  };
}

const isJudged = ({ windows }: DaemonStatus): boolean =>
  Object.values(windows[0]?.verdictCounts ?? {}).some((count) => count > 0) && windows[0]?.state !== 'open';

/** Proofs that stand: neither withdrawn, nor replaced by a later one of the same window. */
function proofsBelow(out: string): Proof[] {
  const standing = new Map<string, Proof>();
  if (!existsSync(out)) return [];
  for (const name of readdirSync(out).sort()) {
    const path = join(out, name, 'proof.json');
    if (!existsSync(path) || existsSync(join(out, name, 'withdrawn.txt'))) continue;
    const proof = JSON.parse(readFileSync(path, 'utf8')) as Proof;
    standing.set(`${proof.window.id} ${proof.window.opened.utc}`, proof);
  }
  return [...standing.values()];
}

/** The proof whose window holds the time in question; where no time is asked about, the worst. */
function aboutTime(proofs: readonly Proof[], acted: ActedAt | null): Outcome['proof'] {
  if (acted === null)
    return (
      ['fail', 'inconclusive', 'pass'].flatMap((wanted) =>
        proofs.filter(({ verdict }) => verdict === wanted),
      )[0] ?? null
    );
  return (
    proofs.find(
      ({ window }) =>
        Date.parse(window.opened.utc) <= acted.fromMs && acted.toMs <= Date.parse(window.closed.utc),
    ) ?? null
  );
}
