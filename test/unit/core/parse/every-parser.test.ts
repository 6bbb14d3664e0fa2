import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packNameOf, parsePackName } from '../../../../src/config/pack-name.ts';
import { parseBaseline } from '../../../../src/core/measure/baseline/pinned.ts';
import { parseBitRate } from '../../../../src/core/parse/bit-rate.ts';
import { isSecretName } from '../../../../src/core/parse/cmdline.ts';
import { keptPart } from '../../../../src/core/parse/cut-text.ts';
import { parseDeletedPath } from '../../../../src/core/parse/deleted-path.ts';
import { parseDurationMs } from '../../../../src/core/parse/duration.ts';
import { findEventColumns } from '../../../../src/core/parse/event-columns.ts';
import { peekInetDiag } from '../../../../src/core/parse/inet-diag.ts';
import { cutField, lineFields } from '../../../../src/core/parse/log/line-fields.ts';
import { parseCgroupMounts } from '../../../../src/core/parse/mountinfo.ts';
import { assertPattern } from '../../../../src/core/parse/pattern.ts';
import { parseConnection } from '../../../../src/core/parse/portable-connection.ts';
import { containerIds, isWithin, managerPath, parseCgroup } from '../../../../src/core/parse/proc-cgroup.ts';
import { countV1Cgroups } from '../../../../src/core/parse/proc-cgroups.ts';
import { parseLastPid } from '../../../../src/core/parse/proc-loadavg.ts';
import { parseProcLocks } from '../../../../src/core/parse/proc-locks.ts';
import { parseProcMount } from '../../../../src/core/parse/proc-mount.ts';
import { parseListeners } from '../../../../src/core/parse/proc-net-listeners.ts';
import { parseOwner } from '../../../../src/core/parse/proc-owner.ts';
import { processName } from '../../../../src/core/parse/process-name.ts';
import { describeReady, parseReady } from '../../../../src/core/parse/ready.ts';
import {
  describeSelector,
  parseSelector,
  parseTargetOption,
  SELECTOR_KINDS,
} from '../../../../src/core/parse/selector.ts';
import { shellQuote } from '../../../../src/core/parse/shell-quote.ts';
import { isBelievable, sightedTimes, stampGraceMs } from '../../../../src/core/parse/sighting.ts';
import { parseTraceFormat, parseTracePageHeader } from '../../../../src/core/parse/trace-format.ts';
import { addTraceStats, parseTraceStats } from '../../../../src/core/parse/trace-stats.ts';
import { BIT_RATE, sayNoUnitText } from '../../../../src/core/parse/unit-text.ts';
import { isUnresolved } from '../../../../src/core/parse/unresolved-path.ts';
import { parseProof } from '../../../../src/core/proof/schema.ts';
import { parseVerifiable } from '../../../../src/core/proof/verifiable.ts';
import { parseChange } from '../../../../src/core/rules/change.ts';
import { parseCidr, parseIp } from '../../../../src/core/rules/conditions/cidr.ts';
import { parseQuantity } from '../../../../src/core/rules/quantity.ts';
import { refuser } from '../../../../src/errors/refuse.ts';
import { IdleproofError } from '../../../../src/errors.ts';

const refuse = refuser('check');

/** Anything at all, and what the kernel or a user writes with something else in the middle of it. */
function textLike(sample: string): fc.Arbitrary<string> {
  const anything = fc.string({ unit: 'binary', maxLength: 60 });
  const broken = fc
    .tuple(
      fc.nat(sample.length),
      fc.nat(sample.length),
      fc.oneof(anything, fc.stringMatching(/^[-0-9a-f:.%]{0,12}$/u)),
    )
    .map(([from, length, text]) => sample.slice(0, from) + text + sample.slice(from + length));
  return fc.oneof(anything, broken, broken);
}

/** Every number that was read is one: what is no number is left out, null or an error, and never NaN, nor 0. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return [...value.values()].flatMap(numbersIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

type Parse = (text: string) => unknown;

/** Reads the kernel's files: a text that is none gives nothing, or an Error that a collector reports. */
const OF_THE_KERNEL: Readonly<Record<string, [parse: Parse, sample: string]>> = {
  parseCgroupMounts: [
    parseCgroupMounts,
    '32 24 0:28 /a\\040b /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n33 24 0:29 / /cg rw - cgroup cg rw,cpu\n',
  ],
  parseCgroup: [
    parseCgroup,
    '12:cpu,cpuacct:/a\n1:name=systemd:/user.slice\n0::/user.slice/session-1.scope\n',
  ],
  managerPath: [(text) => managerPath(parseCgroup(text)), '1:name=systemd:/user.slice\n0::/\n'],
  containerIds: [containerIds, `/docker/${'a1'.repeat(32)}`],
  isWithin: [(text) => isWithin(text, '/a'), '/a/b'],
  countV1Cgroups: [
    (text) => countV1Cgroups(text, 'cpu'),
    '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t77\t1\n',
  ],
  parseLastPid: [parseLastPid, '0.00 0.01 0.05 1/423 31337\n'],
  parseProcLocks: [
    parseProcLocks,
    '1: POSIX  ADVISORY  WRITE 812 00:1a:1234 0 EOF\n2: FLOCK  ADVISORY  READ -1 fd:01:99 0 99\n',
  ],
  parseProcMount: [parseProcMount, '22 20 0:21 / /proc rw - proc proc rw,hidepid=2,gid=4\n'],
  'parseListeners, tcp': [
    (text) => parseListeners(text, 'tcp'),
    '  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 4711 1\n',
  ],
  'parseListeners, udp': [
    (text) => parseListeners(text, 'udp'),
    '  sl  local_address rem_address   st\n   0: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 0:0 00:0 0  1000 0 4711 1\n',
  ],
  parseOwner: [parseOwner, 'Name:\tx\nUid:\t1000\t1000\t1000\t1000\n'],
  parseTraceFormat: [
    parseTraceFormat,
    'name: x\nID: 7\nformat:\n\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:__data_loc char[] filename;\toffset:12;\tsize:4;\tsigned:1;\n',
  ],
  parseTracePageHeader: [
    parseTracePageHeader,
    '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n',
  ],
  parseTraceStats: [
    parseTraceStats,
    'entries: 1\noverrun: 2\ncommit overrun: 3\nbytes: 4\noldest event ts: 5.6\nnow ts: 7.8\ndropped events: 9\nread events: 10\n',
  ],
  addTraceStats: [
    (text) => addTraceStats(parseTraceStats(text), parseTraceStats(text)),
    'entries: 1\noverrun: 2\ncommit overrun: 3\nbytes: 4\ndropped events: 9\nread events: 10\n',
  ],
  parseDeletedPath: [parseDeletedPath, '/bin/x (deleted)'],
  keptPart: [keptPart, `${'x'.repeat(210)}…`],
  isUnresolved: [isUnresolved, '/bin/x (unresolved)'],
  processName: [(comm) => processName(comm, () => '/usr/bin/node'), 'MainThread'],
  isSecretName: [isSecretName, 'db.password'],
  cutField: [cutField, 'x'.repeat(210)],
};

/** What users write: a mistake is null, a problem in words, or an error with a code. */
const OF_USERS: Readonly<Record<string, [parse: Parse, sample: string]>> = {
  parseDurationMs: [parseDurationMs, '1.5h'],
  parseBitRate: [parseBitRate, '1.5 Mbit/s'],
  sayNoUnitText: [(text) => sayNoUnitText(text, BIT_RATE), '750'],
  assertPattern: [(text) => assertPattern(text, (problem) => refuse('--cmdline', problem)), '^app'],
  parseReady: [(text) => describeReady(parseReady(text, refuse)), 'http://127.0.0.1:8000/health'],
  parseTargetOption: [(text) => describeSelector(parseTargetOption(text, refuse).select), 'web=port:8000'],
  parseQuantity: [(text) => parseQuantity(text, { quantity: 'bytes', perSecond: false } as never), '1.5 MB'],
  parseChange: [parseChange, '< +10%'],
  parseIp: [parseIp, '::ffff:203.0.113.7'],
  parseCidr: [parseCidr, '2001:db8::/32'],
  parsePackName: [(text) => parsePackName(text).base, 'idle-budget:memory=50MB'],
  parseBaseline: [
    parseBaseline,
    '{"schemaVersion":1,"name":"before","pinnedAtMs":1,"proofs":[],"windows":[]}',
  ],
  parseProof: [parseProof, '{"schemaVersion":1,"verdict":"pass"}'],
  parseVerifiable: [parseVerifiable, '{"schemaVersion":1,"verdict":"pass","evidence":{"chainHead":"a"}}'],
  shellQuote: [shellQuote, `it's`],
};

describe('what the kernel writes, in any shape', () => {
  it.each(Object.entries(OF_THE_KERNEL))('%s', (_, [parse, sample]) => {
    expect(() => parse(sample)).not.toThrow();
    fc.assert(
      fc.property(textLike(sample), (text) => {
        let read: unknown;
        try {
          read = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
          expect(error).not.toBeInstanceOf(RangeError);
        }
        expect(numbersIn(read).filter(Number.isNaN)).toEqual([]);
      }),
    );
  });
});

describe('what users write, in any shape', () => {
  it.each(Object.entries(OF_USERS))('%s', (_, [parse, sample]) => {
    expect(() => parse(sample)).not.toThrow();
    fc.assert(
      fc.property(textLike(sample), (text) => {
        let read: unknown;
        try {
          read = parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(IdleproofError);
        }
        expect(numbersIn(read).filter(Number.isNaN)).toEqual([]);
      }),
    );
  });

  it('parseSelector, of every kind', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SELECTOR_KINDS), textLike('8000'), (kind, text) => {
        try {
          expect(describeSelector(parseSelector(kind, text, refuse))).toContain(
            kind === 'pid' ? 'pid ' : kind,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(IdleproofError);
        }
      }),
    );
  });

  it('packNameOf writes what parsePackName reads', () => {
    const word = fc.stringMatching(/^[a-z][a-z-]{0,8}$/u);
    fc.assert(
      fc.property(
        word,
        fc.dictionary(word, fc.stringMatching(/^[0-9]{1,4}MB$/u), { maxKeys: 3 }),
        (base, params) => {
          expect(parsePackName(packNameOf(base, params))).toEqual({ base, params: { ...params } });
        },
      ),
    );
  });
});

describe('what others print or declare, in any shape', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('tcp', 'udp6', '127.0.0.1', '8000', '*', 'LISTEN', '[::1]'),
  );

  it('parseConnection, of netstat and ss', () => {
    const row = fc.record({
      protocol: text,
      localAddress: text,
      localPort: text,
      peerAddress: text,
      peerPort: text,
      state: text,
      pid: fc.oneof(fc.constant(null), fc.integer(), fc.double()),
      process: text,
    });
    fc.assert(
      fc.property(row, (columns) => {
        const connection = parseConnection(columns);
        if (connection === null) return;
        expect(connection.pid).toBeGreaterThan(0);
        expect(connection.local.port).toBeGreaterThan(0);
        expect(connection.local.port).toBeLessThan(65_536);
      }),
    );
  });

  it('findEventColumns, of any table', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.double(),
      fc.bigInt(),
      text,
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const column = fc.record({
      name: fc.oneof(text, fc.constantFrom('id', 'type', 'event', 'created_at', 'ts')),
      declaredType: fc.oneof(text, fc.constantFrom('TEXT', 'datetime')),
      primaryKey: fc.nat(2),
      cells: fc.array(cell, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(column, { maxLength: 8 }), (columns) => {
        const found = findEventColumns(columns, {});
        if ('problem' in found) return;
        const names = columns.map(({ name }) => name);
        expect(names).toContain(found.type);
        if (found.time !== null) expect(names).toContain(found.time);
        if (found.id !== null) expect(names).toContain(found.id);
      }),
    );
  });

  it('lineFields, of any object that an app logs', () => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.jsonValue()), (object) => {
        const fields = Object.entries(lineFields(object));
        expect(fields.length).toBeLessThan(200);
        for (const [name, value] of fields) {
          expect(typeof value === 'object' ? value : null).toBeNull();
          if (isSecretName(name) && typeof value === 'string') expect(value).toBe('***');
        }
      }),
    );
  });

  it('sightedTimes, of any stamp: never later than it was seen, and doubted where it is not believable', () => {
    const ms = fc.integer({ min: 0, max: 4e12 });
    const stamps = fc.record({ atMs: ms, resolutionMs: fc.constantFrom(0.001, 1, 1000, 60_000) });
    const sightings = fc
      .record({
        previousMs: fc.option(ms),
        silentUntilMs: fc.option(ms),
        stepMs: fc.nat(60_000),
        nowMs: ms,
        graceMs: fc.oneof(fc.nat(5000), fc.nat(60_000).map(stampGraceMs)),
      })
      .map(({ previousMs, silentUntilMs, stepMs, nowMs, graceMs }) => {
        const at = previousMs === null ? nowMs : previousMs + stepMs;
        return { nowMs: at, readAtMs: at, previousMs, silentUntilMs, graceMs };
      });
    fc.assert(
      fc.property(fc.option(stamps), fc.boolean(), sightings, (stamp, isStamped, sighting) => {
        const times = sightedTimes(stamp, isStamped, sighting);
        expect(numbersIn(times).filter(Number.isNaN)).toEqual([]);
        expect(times.firstSeenAtMs).toBeLessThanOrEqual(sighting.nowMs);
        if (stamp !== null && isBelievable(stamp, sighting)) return;
        expect(times.atMs).toBe(times.firstSeenAtMs);
      }),
    );
  });

  it('peekInetDiag, of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const peeked = peekInetDiag(bytes);
        expect(peeked === null || (Number.isInteger(peeked.inode) && peeked.inode >= 0)).toBe(true);
      }),
    );
  });
});

describe('the list of parsers', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join('test', name), 'utf8'))
    .filter((text) => text.includes("from 'fast-check'"));

  /** Functions that only a decoder of trace records calls, whose properties run them on any bytes. */
  const WITHIN_THE_DECODER = /^trace\//u;

  it('is whole: a property runs every function of src/core/parse', () => {
    const folder = join('src', 'core', 'parse');
    const missing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !WITHIN_THE_DECODER.test(name))
      .flatMap((name) =>
        [...readFileSync(join(folder, name), 'utf8').matchAll(/^export function (\w+)/gmu)].map(
          ([, called = '']) => called,
        ),
      )
      .filter((called) => !files.some((text) => new RegExp(`\\b${called}\\b`, 'u').test(text)));
    expect(missing).toEqual([]);
  });
});
