import { expect, it } from 'vitest';
import type { Occurrence } from '../../../../../src/core/rules/occurrences.ts';
import { eachOf } from '../../../../../src/core/rules/periodicity/each.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';
import { connect } from '../../../../support/evidence-rows.ts';

const once = (fields: Partial<NetworkActivity>): Occurrence => {
  const head: NetworkActivity = { ...connect(0), ...fields };
  return { head, activities: [head] };
};

it.each<[string, Occurrence[], string]>([
  ['none', [], ''],
  ['one of which nothing is known', [once({})], ''],
  ['one of which the bytes are known', [once({ bytesSent: 5 })], ', each time 5 bytes sent'],
  [
    'some of which all is known',
    [1, 2, 4].map((lifetimeSeconds) => once({ lifetimeSeconds, bytesSent: 2, bytesReceived: 3 })),
    ', each connection 2 s, 2 bytes sent, 3 received',
  ],
  ['some of which one lifetime is not known', [once({ lifetimeSeconds: 1 }), once({})], ''],
])('what each beat was is said of %s', (_, occurrences, expected) => {
  expect(eachOf(occurrences)).toBe(expected);
});
