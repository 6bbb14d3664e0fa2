import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { assembleProof } from '../../../../src/core/proof/assemble.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { loadRulePacks } from '../../../../src/config/rule-packs.ts';
import { readEnvelopes } from '../../../../src/attest/envelopes.ts';
import { PROOF_FORMATS, type ProofMaterial } from '../../../../src/model/proof-format.ts';
import { renderProofBlock } from '../../../../src/render/gate-block.ts';
import { renderMarkdown } from '../../../../src/render/markdown.ts';
import { renderText } from '../../../../src/render/text.ts';
import { FORMATS } from '../../../../src/session/proofs/proof-files.ts';
import { junitProblems } from '../../../support/junit-rules.ts';
import { testSigner } from '../../../support/signing-key.ts';
import { traceProblems } from '../../../support/trace-rules.ts';
import { readXml } from '../../../support/xml.ts';
import { Scene } from '../../support/evidence.ts';

const NAMES = ['no-background-agents', 'idle-budget', 'sidecar-lifecycle'];

function prove(scene: Scene, acceptSampledMs: number | null = null): ProofMaterial {
  const executables = [{ path: '/usr/bin/app', sha256: 'b'.repeat(64) }];
  const targets = scene.evidence.targets.map((target) => ({ ...target, executables }));
  const evidence = { ...scene.evidence, targets };
  // What rule files say beside these rules is not this test's concern.
  const packs = loadRulePacks(NAMES, { packsFolder: 'rules' }).map((pack) => ({
    ...pack,
    sha256: 'e'.repeat(64),
  }));
  const options = { strict: false, acceptSampledMs };
  const results = judge(evidence, packs, options);
  const head = { chainHead: 'c'.repeat(64), rows: 42 };
  const proof = assembleProof({ evidence, head, packs, rulesDigest: 'd'.repeat(64), options, results });
  return { proof, evidence };
}

/** Names as a hostile app would choose them. */
const HOSTILE = '<script>\u001b[31m|`x`](http://evil.example)\u202e';

const SCENES: Record<string, { scene: Scene; accept?: number }> = {
  quiet: { scene: new Scene().withEvents() },
  agent: {
    scene: new Scene()
      .withEvents()
      .process({ id: 2, name: 'sleep', pid: 200, parentId: 1 }, 20)
      .happened(20, 'spawn')
      .row(5, 'tool_run')
      .row(10, 'tool_run')
      .network(3, { bytesSent: 120, bytesReceived: 90 })
      .network(6, { localPort: 40_001, bytesSent: 120, bytesReceived: 90 })
      .sample(10, 1, { cpuNs: 3e9, wakeups: 4000 })
      .woke(0.1, 59.9, 552)
      .woke(3, 6, 48, { timeoutMs: null, timeoutIs: null, wokenBy: 'packet', waker: 'curl' })
      .stopped(62, 65)
      .happened(63, 'outlived-parent'),
  },
  inconclusive: {
    scene: new Scene()
      .process({ id: 2, name: HOSTILE, cmdline: HOSTILE, pid: 200, parentId: 1 })
      .sample(30, 1, { cpuNs: 1.1e9 })
      .moved(30, { udpOutDatagrams: 3 })
      .woke(1, 59, 500, {
        processId: 2,
        thread: HOSTILE,
        wokenBy: 'process',
        waker: HOSTILE,
        call: null,
        timeoutMs: null,
        timeoutIs: null,
        sampledShare: 0.1,
      })
      .gap(40, 48)
      .target({
        orphans: [{ pid: 7, name: HOSTILE, cmdline: HOSTILE, reason: 'in its session', appeared: false }],
      }),
  },
  accepted: {
    scene: new Scene().sample(30, 1, { cpuNs: 1.1e9 }).moved(30, { udpOutDatagrams: 3 }),
    accept: 1_000,
  },
};

describe.each(Object.entries(SCENES))('golden: %s', (name, { scene, accept }) => {
  const material = prove(scene, accept ?? null);
  const { proof } = material;
  const golden = (file: string): string => `../../../fixtures/golden/${name}/${file}`;

  // Pages have goldens of their own (html.test.ts), without the libraries that go into them.
  it.each(PROOF_FORMATS.filter((format) => format !== 'html'))(
    'gives the same %s, byte for byte',
    async (format) => {
      const { fileName, render } = FORMATS[format];
      await expect(render(material, testSigner)).toMatchFileSnapshot(golden(fileName));
    },
  );

  it('gives documents that their readers accept', () => {
    expect(junitProblems(readXml(FORMATS.junit.render(material, null)))).toEqual([]);
    expect(traceProblems(FORMATS.trace.render(material, null))).toEqual([]);
    const { length } = readEnvelopes(FORMATS.intoto.render(material, testSigner));
    expect(length).toBe(2);
  });

  it('gives the same gate sheet for a page of others', async () => {
    await expect(renderProofBlock(proof)).toMatchFileSnapshot(golden('gates.md'));
  });

  it('gives the same text', async () => {
    await expect(renderText(proof, false)).toMatchFileSnapshot(golden('proof.txt'));
  });

  it('follows the published schema', () => {
    const schema = JSON.parse(readFileSync('reports/proof.schema.json', 'utf8')) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(proof), JSON.stringify(validate.errors)).toBe(true);
  });

  it('lets nothing of the app out of its place', () => {
    expect(renderText(proof, false).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const page = renderMarkdown(proof).replaceAll(/\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, 'code');
    expect(page).not.toMatch(/<script>|[^\\]\]\(/);
  });
});
