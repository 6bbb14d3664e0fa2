// What was planted against what the daemon's proofs tell.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './plan.mjs';

/** What was planted so close to the edge of a window may count in it, or not. */
const EDGE_MS = 1500;

/**
 * `planted`: `{ kind, fromMs, toMs }`, when it was begun and done. Per kind: how many were planted, how many of them for sure in a judged
 * window, found and not; and each window that is not as it should be.
 */
export function makeLedger(reports, planted) {
  const windows = currentProofs(reports).map((proof) => judgeWindow(proof, planted));
  const kinds = Object.entries(KINDS).map(([kind, { title }]) => {
    const mine = windows.map(({ counts }) => counts[kind]);
    const sum = (of) => mine.reduce((total, one) => total + one[of], 0);
    const all = planted.filter((one) => one.kind === kind).length;
    return { kind, title, planted: all, inside: sum('inside'), edge: sum('edge') };
  });
  const pairs = windows.flatMap(({ pairs: own }) => own);
  return { kinds, pairs: joined(pairs), windows };
}

/**
 * What of a soak is not as it should be, in words; empty where all is. Nothing judged is not nothing wrong.
 * `exitCode`: of the daemon. `ended`: the program that ended by itself; null: none.
 */
export function complaintsAbout({ pairs, windows }, { exitCode, ended }) {
  const sum = (of) => pairs.reduce((total, one) => total + one[of], 0);
  const told = (count, what) => (count > 0 ? [`${count} ${what}`] : []);
  const decided = windows.filter(({ verdict }) => verdict !== 'inconclusive').length;
  return [
    ...(exitCode === 0 ? [] : [`the daemon ended with exit code ${exitCode}`]),
    ...(ended === null ? [] : [`${ended} ended by itself`]),
    ...(decided > 0 ? [] : ['no window was judged that is not inconclusive']),
    ...(sum('inside') > 0 ? [] : ['nothing that was planted lay surely in a judged window']),
    ...told(sum('missed'), 'missed'),
    ...told(sum('surplus'), 'found and not planted'),
    ...told(windows.filter(({ isFalsePass }) => isFalsePass).length, 'passes with something planted'),
    ...told(windows.filter(({ isFalseFail }) => isFalseFail).length, 'fails with nothing planted'),
  ];
}

/** Proofs that count: one that another of the same window supersedes does not, nor one that was withdrawn. */
function currentProofs(reports) {
  const best = new Map();
  for (const entry of readdirSync(reports, { withFileTypes: true })) {
    const path = join(reports, entry.name, 'proof.json');
    if (!existsSync(path) || existsSync(join(reports, entry.name, 'withdrawn.txt'))) continue;
    const proof = JSON.parse(readFileSync(path, 'utf8'));
    const key = `${proof.window.id} ${proof.window.opened.utc}`;
    if (!best.has(key) || best.get(key).evidence.rows <= proof.evidence.rows) best.set(key, proof);
  }
  return [...best.values()].sort((one, other) => (one.window.opened.utc < other.window.opened.utc ? -1 : 1));
}

/** One window: what was planted in it, what each rule told of each target, and whether the verdict can be. */
function judgeWindow(proof, planted) {
  const [fromMs, toMs] = [Date.parse(proof.window.opened.utc), Date.parse(proof.window.closed.utc)];
  const whereIs = (one) => {
    if (one.toMs < fromMs - EDGE_MS || one.fromMs > toMs + EDGE_MS) return 'outside';
    return one.fromMs > fromMs + EDGE_MS && one.toMs < toMs - EDGE_MS ? 'inside' : 'edge';
  };
  const countOf = (kind, where) =>
    planted.filter((one) => one.kind === kind && whereIs(one) === where).length;
  const counts = Object.fromEntries(
    Object.keys(KINDS).map((kind) => [
      kind,
      { inside: countOf(kind, 'inside'), edge: countOf(kind, 'edge') },
    ]),
  );
  const pairs = pairsOf(proof, counts);
  const inside = pairs.reduce((sum, one) => sum + one.inside, 0);
  const edge = pairs.reduce((sum, one) => sum + one.edge, 0);
  const { verdict, headline } = proof;
  return {
    opened: proof.window.opened.local,
    seconds: proof.window.durationSeconds,
    verdict,
    headline,
    counts,
    pairs,
    isFalsePass: verdict === 'pass' && inside > 0,
    isFalseFail: verdict === 'fail' && inside + edge === 0,
  };
}

/** By target and rule: several kinds may be told by the same. */
function pairsOf(proof, counts) {
  const pairs = new Map();
  for (const [kind, { target, rule }] of Object.entries(KINDS)) {
    const key = `${target} ${rule}`;
    const told = proof.findings.filter((one) => one.target === target && one.ruleId === rule);
    const found = told.reduce((sum, { count }) => sum + count, 0);
    const pair = pairs.get(key) ?? { target, rule, inside: 0, edge: 0, found };
    pair.inside += counts[kind].inside;
    pair.edge += counts[kind].edge;
    pairs.set(key, pair);
  }
  return [...pairs.values()];
}

/** All windows together. Found at an edge is no surplus; less than what was inside is missed. */
function joined(pairs) {
  const all = new Map();
  for (const { target, rule, inside, edge, found } of pairs) {
    const key = `${target} ${rule}`;
    const sum = all.get(key) ?? { target, rule, inside: 0, edge: 0, found: 0, missed: 0, surplus: 0 };
    sum.inside += inside;
    sum.edge += edge;
    sum.found += found;
    sum.missed += Math.max(0, inside - found);
    sum.surplus += Math.max(0, found - inside - edge);
    all.set(key, sum);
  }
  return [...all.values()];
}
