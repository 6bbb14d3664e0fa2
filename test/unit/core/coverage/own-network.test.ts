import { describe, expect, it } from 'vitest';
import { exposedNetwork } from '../../../../src/core/coverage/exposed-network.ts';
import { Scene } from '../../support/evidence.ts';

/** A target that ran throughout, in a network of its own. */
function scene(...readings: [atMs: number, values: Record<string, number>][]): Scene {
  const made = new Scene().sample(20, 1, { cpuNs: 1e9 + 1e6 });
  const { evidence, window } = made;
  const scope = evidence.processes[0]?.networkScope ?? '';
  for (const target of evidence.targets) target.ownNetwork = scope;
  evidence.counters = readings.map(([atMs, values]) => ({
    atMs: window.fromMs + atMs,
    scope: `own-network:${evidence.targets[0]?.name}`,
    values,
  }));
  return made;
}

const NONE = { unroutable: 0, mergedSegments: 0 };
const exposure = ({ evidence, window }: Scene): ReturnType<typeof exposedNetwork> =>
  exposedNetwork(evidence, 'app', window, true);

describe('exposedNetwork of a network of its own', () => {
  it('misses nothing where everything was told from before the window until after it', () => {
    expect(exposure(scene([0, NONE], [10_000, NONE], [3_600_000, NONE])).tier).toBe('counter');
  });

  it('says what has no address and no number', () => {
    const found = exposure(scene([0, NONE], [3_600_000, { unroutable: 2, mergedSegments: 1 }]));
    expect(found).toMatchObject({
      tier: 'sampled',
      unattributed: [
        { what: 'packet without a route', count: 2 },
        { what: 'TCP segment sent in one packet with others', count: 1 },
      ],
    });
  });

  it.each([
    [
      'at the end',
      [
        [0, NONE],
        [1_000, NONE],
      ],
    ],
    [
      'at the beginning',
      [
        [5_000, NONE],
        [3_600_000, NONE],
      ],
    ],
    ['at all', []],
    [
      'because it ran backwards',
      [
        [0, { unroutable: 1 }],
        [3_600_000, { unroutable: 0 }],
      ],
    ],
  ] as [string, [number, Record<string, number>][]][])(
    'knows nothing where nobody told %s',
    (_, readings) => {
      expect(exposure(scene(...readings)).tier).toBe('sampled');
    },
  );

  it('does not vouch for a process that has left it', () => {
    const made = scene([0, NONE], [3_600_000, NONE]);
    const [first] = made.evidence.processes;
    if (first !== undefined) first.networkScope = 'network:1';
    expect(exposure(made).tier).toBe('sampled');
  });
});
