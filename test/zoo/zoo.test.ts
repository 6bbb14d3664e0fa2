import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check } from '../support/cli.ts';
import { hasProgram, isRoot, type Program } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { chosenFrom } from './chosen.ts';
import type { Running, ZooProgram } from './program.ts';
import { PROGRAMS } from './programs.ts';
import { type Score, scoreOf } from './score.ts';
import { Switches } from '../support/switches.ts';
import { describeZoo, type Row } from './table.ts';
import { tapLoopback, type Wire } from './wire.ts';

const SECONDS = Number(process.env['ZOO_SECONDS'] ?? 60);
const ONLY = process.env['ZOO_ONLY'];
const PACK = fileURLToPath(new URL('zoo.yaml', import.meta.url));
const HAS_TRACE = hasTrace();
const MODES: Record<string, readonly string[]> = {
  ...(HAS_TRACE ? { 'with the trace': [] } : {}),
  'portable collectors': ['--collectors', 'portable'],
};
const rows: Row[] = [];
let out: string;
let wire: Wire | null = null;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-zoo-'));
  if (isRoot('the wire as a witness')) wire = await tapLoopback();
});

afterAll(async () => {
  await wire?.close();
  rmSync(out, { recursive: true, force: true });
  const order = PROGRAMS.map(({ name }) => name);
  rows.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  const table = describeZoo(rows, Object.keys(MODES), SECONDS);
  console.log(table);
  const file = process.env['ZOO_TABLE'];
  if (file !== undefined) writeFileSync(file, table);
});

const asked = chosenFrom(PROGRAMS, ONLY).filter(
  ({ name, commands, needsRoot }) =>
    commands.every(hasProgram) && (needsRoot !== true || isRoot(`the zoo’s ${name}`)),
);

describe.concurrent('the zoo', () => {
  it.for(asked)('$name: $about', async (program, { expect, onTestFinished }) => {
    const keep = async (starting: Promise<Program>): Promise<Program> => {
      const started = await starting;
      onTestFinished(() => started.stop());
      return started;
    };
    const running = await program.start(keep);
    const switches = new Switches(running.pid);
    const proofs = await Promise.all(
      Object.entries(MODES).map(
        async ([mode, args]) => [mode, await watch(running.pid, args)] as [string, Proof],
      ),
    );
    switches.stop();
    const scores = Object.fromEntries(
      proofs.map(([mode, proof]) => [mode, scoreProof(proof, { program, running, switches })]),
    );
    rows.push({ name: program.name, about: program.about, scores });
    for (const [mode, score] of Object.entries(scores)) {
      expect(wrongOf(score), `${mode}: ${JSON.stringify(score, null, 1)}`).toEqual([]);
    }
    const traced = scores['with the trace'];
    if (traced === undefined) return;
    const beats = traced.judged.filter(({ claim, does }) => does && /^(network|spawn)/.test(claim));
    expect(
      beats.filter(({ outcome }) => outcome !== 'found'),
      JSON.stringify(traced, null, 1),
    ).toEqual([]);
  });
});

const watch = async (pid: number, args: readonly string[]): Promise<Proof> => {
  const window = ['--for', `${SECONDS}s`, '--rules', PACK, '--out', out];
  return (await check(['--pid', String(pid), ...window, ...args])).proof;
};

function scoreProof(
  proof: Proof,
  { program, running, switches }: { program: ZooProgram; running: Running; switches: Switches },
): Score {
  const [fromMs, toMs] = [Date.parse(proof.window.opened.utc), Date.parse(proof.window.closed.utc)];
  const inside = (times: readonly number[]): number[] =>
    times.filter((atMs) => atMs >= fromMs && atMs <= toMs);
  const { calls, isMixed, startedAtMs } = running;
  return scoreOf(proof, program.truth, {
    calls: calls ?? null,
    callsMs: wire === null || calls === undefined || isMixed === true ? null : inside(wire.to(calls)),
    startsMs: startedAtMs === undefined ? null : inside(startedAtMs()),
    switches: switches.between(fromMs, toMs),
  });
}

/** What is never to happen, whatever the collectors can see. */
function wrongOf({ judged, strangers }: Score): string[] {
  const wrong = judged.filter(({ outcome }) => outcome === 'missed' || outcome === 'accused');
  return [...wrong.map(({ claim, outcome }) => `${outcome} ${claim}`), ...strangers];
}
