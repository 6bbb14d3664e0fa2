import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isSignedBy } from '../../../src/attest/dsse.ts';
import { readEnvelopes, statementIn } from '../../../src/attest/envelopes.ts';
import { readPublicKey } from '../../../src/attest/keys.ts';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { PROOF_FORMATS } from '../../../src/model/proof-format.ts';
import { FORMATS } from '../../../src/session/proofs/proof-files.ts';
import { proveEvidence } from '../../../src/session/prove.ts';
import { junitProblems } from '../../support/junit-rules.ts';
import { testSigner } from '../../support/signing-key.ts';
import { traceProblems } from '../../support/trace-rules.ts';
import { readXml } from '../../support/xml.ts';

const PACKS = ['no-background-agents', 'idle-budget', 'sidecar-lifecycle'];

const statements = (bundle: string): unknown[] =>
  readEnvelopes(bundle).map((one) => ('envelope' in one ? statementIn(one.envelope) : one));

// After a change of rules or formats: npm run sample -- --again
describe.each(['quiet', 'agent'])('the sample: %s', (name) => {
  const folder = `reports/sample/${name}`;
  const stored = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8');
  const packs = loadRulePacks(PACKS, { packsFolder: 'rules' });
  const material = proveEvidence(`${folder}/evidence.db`, packs, { strict: false, acceptSampledMs: 1000 });

  it('has the verdict that it should have', () => {
    expect(material.proof.verdict).toBe(name === 'quiet' ? 'pass' : 'fail');
  });

  it.each(PROOF_FORMATS.filter((format) => format !== 'intoto'))(
    'gives the same %s from the same evidence, byte for byte',
    (format) => {
      const { fileName, render } = FORMATS[format];
      expect(render(material, null)).toBe(stored(fileName));
    },
  );

  it('gives the same statements, signed by the key beside', () => {
    const bundle = stored(FORMATS.intoto.fileName);
    expect(statements(bundle)).toEqual(statements(FORMATS.intoto.render(material, testSigner)));
    const key = readPublicKey('reports/sample/sample.pub');
    for (const one of readEnvelopes(bundle))
      expect('envelope' in one && isSignedBy(one.envelope, key)).toBe(true);
  });

  it('follows the rules of JUnit and of trace events', () => {
    expect(junitProblems(readXml(stored('proof.junit.xml')))).toEqual([]);
    expect(traceProblems(stored('proof.trace.json'))).toEqual([]);
  });
});
