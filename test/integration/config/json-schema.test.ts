import { readdirSync, readFileSync } from 'node:fs';
import { type AnySchema, Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../../src/config/config-schema.ts';
import { gatesJsonSchema } from '../../../src/config/gates-file.ts';
import { shippedPackNames } from '../../../src/config/pack-name.ts';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import { examplesJsonSchema } from '../../../src/core/examples/schema.ts';
import { explanationOf } from '../../../src/core/rules/explanation.ts';
import { packJsonSchema } from '../../../src/core/rules/json-schema.ts';

const packsFolder = new URL('../../../rules', import.meta.url).pathname;

/** What an editor finds wrong, by place. */
function wrongIn(schema: object, text: string): string[] {
  const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
    schema as AnySchema,
  );
  void validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

const rule = (text: string): string => `pack: ours\nrules: [{ id: one, ${text} }]`;

describe('the JSON Schema of packs', () => {
  it.each(readdirSync(packsFolder).filter((name) => name.endsWith('.yaml')))('takes %s', (name) => {
    expect(wrongIn(packJsonSchema(), readFileSync(`${packsFolder}/${name}`, 'utf8'))).toEqual([]);
  });

  it.each([
    'kind: absence, activity: network, match: { remote.ip|cidr: 10.0.0.0/8, op: [connect, "s*"] }',
    'kind: absence, activity: event, match: [{ data.model|exists: true }, { type|contains|all: [a, b] }], groupBy: [data.model]',
    'kind: periodicity, metric: wakeups.rate, period: { max: 5m }',
    'kind: absence, activity: file, except: [{ match: { path: /tmp/x }, reason: a cache, every: 1.5h }]',
  ])('takes { %s }', (text) => {
    expect(wrongIn(packJsonSchema(), rule(text))).toEqual([]);
  });

  it.each([
    ['an unknown key', 'kind: absence, activity: network, mach: {}', '/rules/0'],
    [
      'a field of another activity',
      'kind: absence, activity: event, match: { remote.ip: 192.0.2.1 }',
      '/rules/0/match',
    ],
    [
      'an unknown modifier',
      'kind: absence, activity: network, match: { remote.ip|cdr: 192.0.2.1 }',
      '/rules/0/match',
    ],
    [
      'a field in a list of maps',
      'kind: absence, activity: network, match: [{ direction: outbound }, { tpe: x }]',
      '/rules/0/match/1',
    ],
    [
      'a field of an exception',
      'kind: absence, activity: file, except: [{ match: { type: x }, reason: y }]',
      '/rules/0/except/0/match',
    ],
    ['a field to group by', 'kind: absence, activity: file, groupBy: [type]', '/rules/0/groupBy/0'],
    [
      'a field of a cause',
      'kind: absence, activity: file, unless: { after: { activity: event, match: { path: x } }, within: 5s }',
      '/rules/0/unless/after/match',
    ],
    ['a metric', 'kind: threshold, metric: cpu.percnt, expect: { mean: "< 1" }', '/rules/0/metric'],
    ['a duration', 'kind: absence, activity: network, minDuration: 5 minutes', '/rules/0/minDuration'],
  ])('refuses %s', (_, text, place) => {
    expect(wrongIn(packJsonSchema(), rule(text))).toContain(place);
  });
});

describe('the JSON Schemas of configurations and examples', () => {
  it('know what users do by its fields', () => {
    const config = (match: string): string =>
      `targets: { app: { select: { port: 8000 } } }\nuser: [{ activity: event, match: { ${match} } }]\nwindows: [{ id: a, trigger: user-quiet, quietFor: 60s }]`;
    expect(wrongIn(configJsonSchema(), config('type: user_message'))).toEqual([]);
    expect(wrongIn(configJsonSchema(), config('tpe: user_message'))).toContain('/user/0/match');
  });

  it('know measurements on schedule', () => {
    const config = (fields: string): string =>
      `targets: { app: { select: { port: 8000 } } }\nmeasurements: [{ id: a, cron: "0 1 * * *", ${fields} }]`;
    expect(wrongIn(configJsonSchema(), config('kind: http, url: "http://127.0.0.1:8000/"'))).toEqual([]);
    expect(wrongIn(configJsonSchema(), config('kind: htp, url: "http://127.0.0.1:8000/"'))).toContain(
      '/measurements/0/kind',
    );
    expect(wrongIn(configJsonSchema(), config('kind: http, ulr: "http://x/"'))).toContain('/measurements/0');
  });

  it('know gates, and what stands below http', () => {
    const gates = (gate: string): string =>
      `ready: port:8000\ntargets: { app: { select: { command: [app] } } }\ngates: [{ gate: One, ${gate} }]`;
    expect(wrongIn(gatesJsonSchema(), gates('http: { url: "http://127.0.0.1:1/", requests: 3 }'))).toEqual(
      [],
    );
    expect(wrongIn(gatesJsonSchema(), gates('http: { ulr: "http://127.0.0.1:1/" }'))).toContain(
      '/gates/0/http',
    );
    expect(wrongIn(gatesJsonSchema(), gates('wait: 5m, expect: { memory: "< 50MB" }'))).toEqual([]);
    expect(wrongIn(gatesJsonSchema(), gates('wiat: 5m'))).toContain('/gates/0');
    expect(wrongIn(gatesJsonSchema(), gates('measurement: page, url: "http://127.0.0.1:1/"'))).toEqual([]);
  });

  it('know an example', () => {
    const example = (text: string): string => `examples: [{ name: a, ${text} }]`;
    expect(
      wrongIn(
        examplesJsonSchema(),
        example('activities: [{ at: -5s, activity: event, type: a }], expect: { one: pass }'),
      ),
    ).toEqual([]);
    expect(wrongIn(examplesJsonSchema(), example('evidence: ./evidence.db, verdict: fail'))).toEqual([]);
    expect(wrongIn(examplesJsonSchema(), example('expect: { one: passes }'))).not.toEqual([]);
    expect(wrongIn(examplesJsonSchema(), example('activites: []'))).not.toEqual([]);
  });
});

describe('explanationOf', () => {
  const rules = shippedPackNames(packsFolder).flatMap((name) =>
    loadRulePacks([name], { packsFolder }).flatMap((pack) =>
      pack.rules.map((one) => ({ pack, rule: one, id: `${pack.pack}/${one.id}` })),
    ),
  );

  it.each(rules)('$id says what it claims and what it needs', ({ pack, rule: one }) => {
    const told = explanationOf(one, pack, [
      { name: 'sockets', target: null, status: 'ok', tier: 'sampled', reason: null },
    ]);
    expect(told.claim).not.toBe('');
    expect(told.why).not.toBeNull();
    expect(told.clauses.join('\n')).toMatch(/^(activity|metric|measurement): /m);
    expect(told.evidence.length).toBeGreaterThan(0);
    for (const { collectors, source, here } of told.evidence) {
      expect(collectors.length > 0 || source !== null).toBe(true);
      expect(here.map(({ name }) => name)).toEqual(collectors.includes('sockets') ? ['sockets'] : []);
    }
    expect(told.clauses.join('\n')).not.toContain('[object');
  });
});
