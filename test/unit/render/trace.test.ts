import { expect, it } from 'vitest';
import { assembleProof } from '../../../src/core/proof/assemble.ts';
import { renderTrace } from '../../../src/render/trace/render.ts';
import { traceProblems } from '../../support/trace-rules.ts';
import { at, Scene } from '../support/evidence.ts';

interface Slice {
  name: string;
  cat: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  args: Record<string, unknown>;
}

/** Slices of rows and lines as seconds of the scene. */
function spansOf({ evidence }: Scene): [name: string, from: number, to: number, args: Slice['args']][] {
  const options = { strict: false, acceptSampledMs: null };
  const head = { file: '', rows: 0, segments: 1, chainHead: '', fileSha256: '' };
  const proof = assembleProof({ evidence, head, packs: [], rulesDigest: '', options, results: [] });
  const text = renderTrace({ proof, evidence });
  expect(traceProblems(text)).toEqual([]);
  const { traceEvents } = JSON.parse(text) as { traceEvents: Slice[] };
  const seconds = (us: number): number => (us / 1000 - at(0)) / 1000;
  return traceEvents
    .filter(({ ph, cat }) => ph === 'X' && ['log', 'event', 'request'].includes(cat))
    .map(({ name, ts, dur, args }) => [name, seconds(ts), seconds(ts + dur), args]);
}

it('draws what a line says to have taken as a slice that ends with it, cut where the first token came', () => {
  const scene = new Scene().withLogs(['model_load', 'inference_request']);
  scene.line(10, 'model_load', { duration_ms: 812 });
  scene.line(20, 'inference_request', { total_ms: 4000, ttft_ms: 2500 }).line(21, 'note', { words: 3 });
  expect(spansOf(scene)).toEqual([
    ['model_load', 9.188, 10, expect.objectContaining({ 'data.duration_ms': 812, stampedAt: 'end' })],
    ['inference_request', 16, 20, expect.objectContaining({ stampedAt: 'end' })],
    ['first token', 16, 18.5, {}],
    ['answer', 18.5, 20, {}],
  ]);
});

it('takes a stamp for the start where the line was written too late for an end', () => {
  const scene = new Scene().withLogs(['job']);
  scene.line(10, 'job', { duration_ms: 8000 }, { firstSeenAtMs: at(18.5) });
  scene.line(30, 'job', { duration_ms: 8000 }, { firstSeenAtMs: at(30.5) });
  expect(spansOf(scene).map(([, from, to]) => [from, to])).toEqual([
    [10, 18],
    [22, 30],
  ]);
});

it('does not draw a length where the time is known to a look only', () => {
  const scene = new Scene().withLogs(['job']);
  scene.line(10, 'job', { duration_ms: 800 }, { stampedAtMs: null });
  scene.line(20, 'job', { duration_ms: 800 }, { stampDoubtful: true });
  expect(spansOf(scene)).toEqual([]);
});

it('draws the requests that are derived, those that overlap on rows of their own, and those that never end', () => {
  const requests = { by: 'id', start: { log: 'start' }, firstToken: { log: 'token' }, end: { log: 'done' } };
  const scene = new Scene().withLogs(['start', 'token', 'done'], { chat: { requests } });
  scene.line(10, 'start', { id: 'a' }).line(12, 'token', { id: 'a' }).line(11, 'start', { id: 'b' });
  scene.line(15, 'done', { id: 'a', tokens: 7 }).line(16, 'done', { id: 'b' }).line(40, 'start', { id: 'c' });
  expect(spansOf(scene)).toEqual([
    ['request a', 10, 15, { id: 'a', finished: true, 'data.id': 'a', 'data.tokens': 7 }],
    ['first token', 10, 12, {}],
    ['answer', 12, 15, {}],
    ['request b', 11, 16, { id: 'b', finished: true, 'data.id': 'b' }],
    ['request c', 40, 60, { id: 'c', finished: false }],
  ]);
});
