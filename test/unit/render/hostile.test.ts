import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { statementsOf } from '../../../src/core/attest/statements.ts';
import { compareProofs } from '../../../src/core/compare/proofs.ts';
import { assembleProof } from '../../../src/core/proof/assemble.ts';
import { judge } from '../../../src/core/rules/evaluate.ts';
import type { ProofMaterial } from '../../../src/model/proof-format.ts';
import { comparisonMarkdown, comparisonText } from '../../../src/render/comparison.ts';
import { renderProofBlock } from '../../../src/render/gate-block.ts';
import { renderJson, renderJsonLine } from '../../../src/render/json.ts';
import { renderJunit } from '../../../src/render/junit.ts';
import { renderMarkdown } from '../../../src/render/markdown.ts';
import { renderText } from '../../../src/render/text.ts';
import { renderTrace } from '../../../src/render/trace/render.ts';
import { junitProblems } from '../../support/junit-rules.ts';
import { traceProblems } from '../../support/trace-rules.ts';
import { type ReadElement, readXml } from '../../support/xml.ts';
import { Scene } from '../support/evidence.ts';

const packs = loadRulePacks(['no-background-agents', 'idle-budget'], { packsFolder: 'rules' });
const quiet = materialOf('quiet');

/** What an app can call itself, its rows and its files. */
function materialOf(name: string): ProofMaterial {
  const scene = new Scene()
    .withEvents()
    .process({ id: 2, name, cmdline: name, exe: name, pid: 200, parentId: 1 }, 20)
    .happened(20, 'spawn', { exe: name, parentName: name })
    .network(3, {
      thread: name,
      lifetimeSeconds: 2,
      remote: { ip: '203.0.113.7', port: 443, process: name, target: null },
    })
    .network(4, { lifetimeSeconds: 2 })
    .row(5, 'tool_run', { source: name, id: name, data: { [name]: name, __proto__: name } })
    .row(10, 'tool_run')
    .activity({
      kind: 'log',
      atMs: 1_700_000_008_000,
      target: 'app',
      collector: 'logs',
      processId: 1,
      thread: null,
      source: name,
      category: name,
      data: { text: name },
      firstSeenAtMs: 1_700_000_008_500,
      stampedAtMs: 1_700_000_008_000,
      stampDoubtful: false,
    })
    .woke(1, 59, 500, { thread: name, wokenBy: 'process', waker: name, call: name })
    .target({
      notes: [name],
      orphans: [{ pid: 7, name, cmdline: name, reason: 'in its session', appeared: false }],
    });
  scene.evidence.notes.push(name);
  scene.evidence.run.command = `idleproof check -- ${name}`;
  const { evidence } = scene;
  const options = { strict: false, acceptSampledMs: null };
  const results = judge(evidence, packs, options);
  const head = { chainHead: 'c'.repeat(64), rows: 42 };
  const proof = assembleProof({ evidence, head, packs, rulesDigest: 'd'.repeat(64), options, results });
  return { proof, evidence };
}

const PARTS = [
  '<script>alert(1)</script>',
  '</failure><error/>',
  ']]>',
  '-->',
  '&amp;&#0;',
  '"\'`',
  '``` ``',
  '|a|b|',
  '[x](http://evil.example)',
  '![x](y)',
  '# *b* _i_ ~s~',
  '\n<!-- idleproof:end -->\n',
  '\r\n',
  '\t',
  '\0',
  '\u001b[31m\u001b]0;x\u0007',
  '\u202e\u2066\u200b\ufeff',
  '\u2028\u2029\u0085',
  '\ud800',
  '\udfff',
  '\ufffe\uffff',
  '😀',
  '::set-output name=x::y',
  '__proto__',
  '$(reboot)',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary', maxLength: 5 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

const HUGE = `<b>\u001b[1m${'x'.repeat(1_000_000)}`;

/** Nothing that moves a cursor, turns text around or breaks a line, but line feeds of ours. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const tree = ({ name, attributes, children }: ReadElement): unknown => [
  name,
  Object.keys(attributes),
  children.map(tree),
];

const lines = (text: string): number => text.split('\n').length;

/** Cells of each row of each table, code spans and escaped signs taken out. */
const cells = (page: string): number[] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replaceAll(/\\./g, '').split('|').length);

/** How often each kind of event is there. */
function phases(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  const { traceEvents } = JSON.parse(text) as { traceEvents: { ph: string; pid: number }[] };
  for (const { ph, pid } of traceEvents) counts[`${ph} ${pid}`] = (counts[`${ph} ${pid}`] ?? 0) + 1;
  return counts;
}

function changesNothingButText(name: string): void {
  const material = materialOf(name);
  const { proof } = material;
  expect(JSON.parse(renderJson(proof))).toEqual(JSON.parse(JSON.stringify(proof)));
  expect(renderJson(proof)).not.toMatch(UNPRINTABLE);
  expect(renderJson(compareProofs(quiet.proof, proof))).not.toMatch(UNPRINTABLE);
  expect(JSON.parse(renderJsonLine(proof))).toEqual(JSON.parse(JSON.stringify(proof)));
  expect(renderJsonLine(proof)).not.toMatch(UNPRINTABLE);
  expect(lines(renderJsonLine(proof))).toBe(2);

  const junit = renderJunit(proof);
  const root = readXml(junit);
  expect(junitProblems(root)).toEqual([]);
  expect(tree(root)).toEqual(tree(readXml(renderJunit(quiet.proof))));
  expect(junit).not.toMatch(UNPRINTABLE);

  const trace = renderTrace(material);
  expect(traceProblems(trace)).toEqual([]);
  expect(phases(trace)).toEqual(phases(renderTrace(quiet)));
  expect(trace).not.toMatch(UNPRINTABLE);

  const pages: [string, string][] = [
    [renderMarkdown(proof), renderMarkdown(quiet.proof)],
    [renderProofBlock(proof), renderProofBlock(quiet.proof)],
    [
      comparisonMarkdown(compareProofs(proof, proof)),
      comparisonMarkdown(compareProofs(quiet.proof, quiet.proof)),
    ],
  ];
  for (const [page, usual] of pages) {
    expect(page).not.toMatch(UNPRINTABLE);
    expect(lines(page)).toBe(lines(usual));
    expect(cells(page)).toEqual(cells(usual));
    // A backtick behind an odd number of backslashes opens no span.
    const outsideOfCode = page.replaceAll(/(?<!(?<!\\)(?:\\\\)*\\|`)(`+)[^`](?:.*?[^`])?\1(?!`)/g, 'code');
    expect(outsideOfCode).not.toMatch(/<|[^\\]\]\(/);
  }
  expect(renderText(proof, false)).not.toMatch(UNPRINTABLE);
  expect(lines(renderText(proof, false))).toBe(lines(renderText(quiet.proof, false)));
  expect(comparisonText(compareProofs(quiet.proof, proof))).not.toMatch(UNPRINTABLE);

  const statements = statementsOf(
    { ...material, proof: { ...proof, targets: proof.targets.map(withDigest) } },
    'a'.repeat(64),
  );
  expect(statements).toHaveLength(2);
  expect(JSON.parse(JSON.stringify(statements))).toMatchObject([
    { predicate: { result: 'FAILED' } },
    { predicate: { monitorLog: { network: [{ ip: '203.0.113.7' }, {}] } } },
  ]);
}

const withDigest = (target: ProofMaterial['proof']['targets'][number]) => ({
  ...target,
  executables: [{ path: '/usr/bin/app', sha256: 'b'.repeat(64) }],
});

describe('hostile names', () => {
  it.each(PARTS.map((part) => [JSON.stringify(part), part]))('%s is nothing but text', (_, part) => {
    changesNothingButText(`${part}x`);
  });

  it('are nothing but text in every format, however they are put together', () => {
    fc.assert(fc.property(hostile, changesNothingButText), { numRuns: 60 });
  });

  it('are in no JSON that a command writes by itself', () => {
    const files = readdirSync('src/cli', { recursive: true, encoding: 'utf8' });
    const own = files
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => readFileSync(join('src/cli', name), 'utf8').split('\n'))
      .filter((line) => line.includes('JSON.stringify(') && !line.includes('const key = '));
    expect(own).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it('are bounded', () => {
    const { proof, evidence } = materialOf(HUGE);
    const sizes = [
      renderJunit(proof),
      renderMarkdown(proof),
      renderTrace({ proof, evidence }),
      renderText(proof, false),
      renderProofBlock(proof),
      comparisonText(compareProofs(quiet.proof, proof)),
      comparisonMarkdown(compareProofs(quiet.proof, proof)),
    ].map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThan(100_000);
  });
});
