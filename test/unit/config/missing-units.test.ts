import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/config-schema.ts';
import { parseGatesFile } from '../../../src/config/gates-file.ts';
import { type PlacedProblem, YamlDocument } from '../../../src/config/yaml-document.ts';
import { examplesSchemaFor } from '../../../src/core/examples/schema.ts';
import { packSchema } from '../../../src/core/rules/schema.ts';

const said = (problems: readonly PlacedProblem[] | null): string[] =>
  (problems ?? []).map(({ line, column, message }) => `${line}:${column} ${message}`);

const TARGETS = 'targets: { app: { select: { command: [app] } } }\n';
const inConfig = (text: string): string[] =>
  said(new YamlDocument(TARGETS + text).parse(configSchema).problems);
const inGates = (gate: string): string[] =>
  said(parseGatesFile(new YamlDocument(`${TARGETS}gates:\n  - { gate: a, ${gate} }\n`), '/etc').problems);
const inPack = (rule: string): string[] =>
  said(new YamlDocument(`pack: p\nrules:\n  - { id: a, ${rule} }\n`).parse(packSchema).problems);
const inExamples = (example: string): string[] => {
  const document = new YamlDocument(`examples:\n  - { name: a, ${example} }\n`);
  return said(document.parse(examplesSchemaFor(document.value)).problems);
};

const NETWORK = 'kind: absence, activity: network';
const MEASURED = 'id: a, cron: "0 1 * * *", url: "http://127.0.0.1:1/"';

describe('a number without its unit is told with the one that it most likely has', () => {
  it.each([
    ['tick: 1', '1s'],
    ['tick: "1"', '1s'],
    ['retention: { evidence: 30 }', '30s'],
    ['retention: { size: 2 }', '2MB'],
    ['retention: { size: "500" }', '500MB'],
    ['windows: [{ id: w, trigger: manual, settle: 5 }]', '5s'],
    ['windows: [{ id: w, trigger: manual, minDuration: 10 }]', '10s'],
    ['windows: [{ id: w, trigger: manual, maxDuration: 10 }]', '10s'],
    ['windows: [{ id: w, trigger: user-quiet, quietFor: 2.5 }]', '2.5s'],
    ['alerts: [{ type: command, argv: [a], timeout: 30 }]', '30s'],
    [`measurements: [{ ${MEASURED}, kind: http, for: 5 }]`, '5s'],
    [`measurements: [{ ${MEASURED}, kind: page, down: 5 }]`, '5Mbit/s'],
    [`measurements: [{ ${MEASURED}, kind: page, latency: 5 }]`, '5s'],
  ])('in a configuration: %s', (text, meant) => {
    expect(inConfig(text)).toEqual([
      expect.stringMatching(new RegExp(`^2:\\d+ «[\\d.]+» lacks a unit; did you mean ${meant}\\?$`)),
    ]);
  });

  it.each([
    ['wait: 10', '10s'],
    ['window: 10', '10s'],
    ['window: 10s, settle: 5', '5s'],
  ])('in gates: %s', (gate, meant) => {
    expect(inGates(gate)).toContainEqual(expect.stringContaining(`lacks a unit; did you mean ${meant}?`));
  });

  it.each([
    [`${NETWORK}, except: [{ match: { op: connect }, reason: r, every: 10 }]`, '10s'],
    [`${NETWORK}, unless: { after: { activity: event }, within: 30 }`, '30s'],
    [`${NETWORK}, minDuration: 60`, '60s'],
    [`${NETWORK}, acceptSampled: 1`, '1s'],
    ['kind: periodicity, activity: network, period: { max: 10 }', '10s'],
    ['kind: periodicity, activity: network, period: { min: 10 }', '10s'],
    ['kind: deadline, metric: memory.pss, after: { activity: event }, within: 30, expect: {}', '30s'],
  ])('in a rule: %s', (rule, meant) => {
    expect(inPack(rule)).toEqual([expect.stringContaining(`lacks a unit; did you mean ${meant}?`)]);
  });

  it.each([
    ['activities: [{ at: -10, activity: event }]', '-10s'],
    ['activities: [{ every: 10, activity: event }]', '10s'],
    ['duration: 60', '60s'],
    ['tick: 1', '1s'],
  ])('in an example: %s', (example, meant) => {
    expect(inExamples(example)).toEqual([expect.stringContaining(`lacks a unit; did you mean ${meant}?`)]);
  });
});

describe('what a unit alone does not mend is told as what it is', () => {
  it('a number where a limit is meant', () => {
    expect(inPack('kind: threshold, metric: cpu.percent, expect: { mean: 0.5 }')).toEqual([
      '3:68 «0.5» lacks an operator; did you mean "< 0.5", with its unit?',
    ]);
  });

  it.each([
    ['windows: [{ id: w, trigger: user-quiet, quietFor: 0 }]', '«0» is not a duration longer than 0'],
    ['windows: [{ id: w, trigger: user-quiet, quietFor: -5 }]', '«-5» is not a duration longer than 0'],
    ['retention: { size: none }', '«none» is not a size such as 500MB or 2GB'],
    ['alerts: [{ type: command, argv: [a], timeout: 3600 }]', '«3600» is not a duration up to 5m'],
    ['tick: [1]', 'tick must be a text, not a list'],
  ])('%s', (text, message) => expect(inConfig(text)).toEqual([expect.stringContaining(message)]));

  it('a period that is no duration', () => {
    expect(inPack('kind: periodicity, activity: network, period: { max: long }')).toEqual([
      expect.stringContaining('«long» is not a duration such as 500ms, 30s, 5m, 4h or 30d'),
    ]);
  });
});
