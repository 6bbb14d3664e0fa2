import { expect, it } from 'vitest';
import { assembleProof } from '../../../../src/core/proof/assemble.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { Scene } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

it('the headline counts every call that rules left alone: connections, attempts and datagrams, and not what goes over a connection', () => {
  const scene = new Scene(60)
    .report('trace', { tier: 'zero-miss' })
    .network(5, { collector: 'trace' })
    .network(6, { collector: 'trace', op: 'send' })
    .network(7, { collector: 'trace', op: 'attempt' })
    .network(8, { collector: 'trace', op: 'send', protocol: 'udp' })
    .network(9, { collector: 'trace', op: 'accept', direction: 'inbound' });
  const packs = [
    ruleOf({ kind: 'absence', activity: 'process' }),
    ruleOf({ kind: 'periodicity', activity: 'process' }),
  ];
  const options = { strict: false, acceptSampledMs: null };
  const { evidence } = scene;
  const { headline } = assembleProof({
    evidence,
    head: { chainHead: 'c'.repeat(64), rows: 1 },
    packs,
    rulesDigest: 'd'.repeat(64),
    options,
    results: judge(evidence, packs, options),
  });
  expect(headline).toContain('any outbound connection but the 3 seen');
});
