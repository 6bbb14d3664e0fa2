import { z } from 'zod';
import type { Proof } from '../../model/proof.ts';

const time = z.strictObject({
  utc: z.string().describe('ISO 8601, UTC, milliseconds'),
  local: z.string().describe('the same instant in local time with its offset'),
});
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const tier = z.enum(['zero-miss', 'counter', 'sampled']);
const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const wokenBy = z.enum(['timer', 'packet', 'interrupt', 'signal', 'thread', 'process', 'mixed']);
const collectorName = z.enum([
  'cpu',
  'memory',
  'wakeups',
  'io',
  'processes',
  'sockets',
  'trace',
  'events',
  'logs',
  'files',
]);

const finding = z.strictObject({
  id: z.string(),
  ruleId: z.string(),
  target: z.string(),
  kind: z.string(),
  subject: z.record(z.string(), value),
  count: z.number(),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  period: z
    .strictObject({
      seconds: z.number(),
      secondsInterval: z.strictObject({ from: z.number(), to: z.number() }).describe('at 95 %'),
      jitterSeconds: z.number(),
      beats: z.number(),
      missed: z.number(),
      phaseSeconds: z.number().describe('counted from when the window was first looked at'),
      model: z.enum(['clock', 'renewal']),
      falseAlarmProbability: z.number(),
      intervalsSeconds: z.array(z.number()).max(1000).describe('from beat to beat'),
      phases: z.array(z.number()).max(1000).describe('of all events of the subject, in [0, 1)'),
    })
    .nullable(),
  actors: z.array(
    z.strictObject({
      pid: z.number(),
      name: z.string(),
      cmdline: z.string(),
      thread: z.string().nullable(),
    }),
  ),
  cause: z
    .strictObject({
      wokenBy,
      waker: z.string().nullable(),
      share: z.number().describe('of the wakes of this thread from this call'),
      call: z.string().nullable(),
      timeoutSeconds: z.number().nullable(),
      thread: z.string().nullable(),
      perMinute: z.number(),
    })
    .nullable(),
  examples: z.array(z.string()),
  text: z.string().describe('the finding as a sentence'),
});

const rule = z.strictObject({
  id: z.string(),
  pack: z.string(),
  target: z.string(),
  window: z.enum(['idle', 'stop']).describe('the idle window, or the stop of a command that the run started'),
  windowId: z.string(),
  title: z.string(),
  kind: z.string(),
  severity: z.enum(['error', 'warn']),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'notApplicable']),
  measured: z.string(),
  expected: z.string(),
  reason: z.string().nullable(),
  tier: tier.nullable(),
  acceptedSeconds: z.number().nullable(),
  periodsTold: z
    .strictObject({
      fromSeconds: z.number(),
      upToSeconds: z.number(),
      butExcused: z.boolean().describe('something that matched was excused, and may have repeated'),
    })
    .nullable()
    .describe('which periods would have been found'),
  exceptions: z.array(
    z.strictObject({ reason: z.string(), matched: z.number(), problem: z.string().nullable() }),
  ),
  findings: z.array(finding),
});

const selfReport = z.strictObject({
  cpuSeconds: z.number().nullable(),
  wakeups: z.number().nullable(),
  rssBytes: z.number().nullable(),
  connectionsOpened: z.number().nullable(),
  readBytes: z.number().exactOptional(),
  writtenBytes: z.number().exactOptional(),
});

/** The proof document. reports/proof.schema.json is written from it (`npm run docs`). */
const proofSchema: z.ZodType<Proof> = z.strictObject({
  schemaVersion: z.literal(1),
  verdict,
  headline: z.string(),
  scope: z.string(),
  tool: z.strictObject({ name: z.literal('idleproof'), version: z.string(), node: z.string() }),
  host: z.strictObject({
    name: z.string(),
    os: z.string(),
    kernel: z.string(),
    cpus: z.number(),
    memoryBytes: z.number(),
    utcOffsetMinutes: z.number(),
    privileged: z.boolean(),
    noise: z
      .strictObject({ cpuBusyPercent: z.number(), cpuStolenPercent: z.number(), tasksCreated: z.number() })
      .nullable(),
  }),
  window: z.strictObject({
    id: z.string(),
    trigger: z.string(),
    opened: time,
    closed: time,
    durationSeconds: z.number(),
    settleSeconds: z.number(),
    closedBy: z.string(),
  }),
  targets: z.array(
    z.strictObject({
      name: z.string(),
      selector: z.string(),
      processes: z.array(
        z.strictObject({ pid: z.number(), name: z.string(), cmdline: z.string(), startedAt: time }),
      ),
      executables: z
        .array(z.strictObject({ path: z.string(), sha256: z.string().nullable() }))
        .exactOptional()
        .describe('the program files that the processes ran; null: the digest could not be read'),
      metrics: z.record(
        z.string(),
        z
          .strictObject({ mean: z.number(), max: z.number(), p95: z.number(), atLeast: z.boolean() })
          .nullable(),
      ),
      wakes: z.array(
        z.strictObject({
          pid: z.number(),
          thread: z.string().nullable(),
          call: z
            .string()
            .nullable()
            .describe('the system call that it slept in; «(earlier)»: one that began before the recording'),
          timeoutSeconds: z.number().nullable(),
          timeoutIs: z.enum(['asked', 'measured']).nullable(),
          wokenBy,
          waker: z.string().nullable(),
          count: z.number().describe('recorded ones; all there were only where sampledShare is 1'),
          perMinute: z.number(),
          intervalSeconds: z.number().nullable().describe('median'),
          sampledShare: z.number(),
          atLeast: z.boolean().describe('records were lost: there may have been more'),
        }),
      ),
      settling: z
        .strictObject({
          metric: z.string(),
          before: z.number(),
          after: z.number(),
          steadyAfterSeconds: z.number().nullable(),
        })
        .nullable()
        .describe('activity that died down in the window'),
      notes: z.array(z.string()),
    }),
  ),
  notWatched: z.array(z.string()),
  warnings: z.array(z.string()),
  coverage: z.strictObject({
    ticks: z.strictObject({ expected: z.number(), taken: z.number(), longestGapSeconds: z.number() }),
    share: z.number().min(0).max(1),
    collectors: z.array(
      z.strictObject({
        name: collectorName,
        target: z.string().nullable(),
        tier,
        status: z.enum(['ok', 'partial', 'unavailable']),
        reason: z.string().nullable(),
        lost: z.number(),
        cpuSeconds: z.number().nullable(),
      }),
    ),
    excludes: z.strictObject({
      periodSeconds: z.strictObject({ max: z.number(), confidence: z.number() }).nullable(),
      connectionLifetimeSeconds: z.strictObject({ min: z.number() }).nullable(),
    }),
  }),
  controls: z.array(
    z.strictObject({ name: z.string(), planted: z.number(), caught: z.boolean(), by: z.array(z.string()) }),
  ),
  rules: z.array(rule),
  findings: z.array(finding),
  summary: z.strictObject({
    pass: z.number(),
    fail: z.number(),
    inconclusive: z.number(),
    notApplicable: z.number(),
    warned: z.number(),
  }),
  watchdog: selfReport,
  evidence: z.strictObject({
    chainHead: z.string(),
    rows: z.number(),
    fileSha256: z.string().exactOptional().describe('of a file that was finished when the proof was made'),
  }),
  rulesDigest: z.string(),
  rulePacks: z
    .array(
      z.strictObject({
        pack: z.string(),
        sha256: z.string(),
        params: z.record(z.string(), z.string()).exactOptional().describe('that it was named with'),
      }),
    )
    .exactOptional(),
  command: z.string().describe('how to run this again; secrets redacted'),
});

/** JSON Schema (draft 2020-12) of the proof, as it is published. */
export function proofJsonSchema(): Record<string, unknown> {
  return { title: 'idleproof proof', ...z.toJSONSchema(proofSchema) };
}

/** The proof that a JSON text holds, as far as this version knows them; null where it holds none. */
export function parseProof(text: string): Proof | null {
  try {
    const proof: unknown = JSON.parse(text);
    // As it was written: what the schema gives has its own order of keys, and so other bytes.
    return proofSchema.safeParse(proof).success ? (proof as Proof) : null;
  } catch {
    return null;
  }
}
