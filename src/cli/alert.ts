import { hostname } from 'node:os';
import { Command } from 'commander';
import { IdleproofError } from '../errors.ts';
import type { Alert, SinkConfig } from '../model/alert.ts';
import { EXIT } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof alert test --config idleproof.yaml
  idleproof alert test --config idleproof.yaml --json | jq '.[] | select(.ok | not)'

One test alert goes to each sink at once, not by way of the outbox; a test alert of Alertmanager ends after five minutes.
Exit codes: 0 every sink took it, 1 one did not, 3 usage or configuration, 130 interrupted.`;

interface AlertTestOptions {
  config: string;
  json?: boolean;
}

interface Outcome {
  /** As the sinks are numbered in the configuration, from 1. */
  sink: number;
  type: SinkConfig['type'];
  ok: boolean;
  problem: string | null;
}

/** `idleproof alert test`: whether alerts would arrive. */
export function alertCommand(done: (exitCode: number) => void): Command {
  const test = new Command('test')
    .description('Send a test alert to each sink of a configuration.')
    .requiredOption('--config <file>', 'the idleproof.yaml with alerts')
    .option('--json', 'print what became of them as JSON')
    .action(async (options: AlertTestOptions) => done(await testAlerts(options)));
  return new Command('alert')
    .description('Try whether alerts arrive.')
    .addHelpText('afterAll', EXAMPLES)
    .addCommand(test);
}

async function testAlerts({ config: path, json }: AlertTestOptions): Promise<number> {
  const { loadConfig } = await import('../config/config.ts');
  const { configuredSinks } = await import('../config/sinks.ts');
  const sinks = configuredSinks(path, loadConfig(path).alerts, process.env);
  if (sinks.length === 0) throw new IdleproofError('ALERTS_NONE', { path });
  const { signal, release } = onInterrupt();
  try {
    const outcomes = await Promise.all(sinks.map((sink, index) => trySink(sink, index + 1, signal)));
    process.stdout.write(json === true ? renderJson(outcomes) : outcomes.map(describeOutcome).join(''));
    if (signal.aborted) return EXIT.interrupted;
    return outcomes.every(({ ok }) => ok) ? EXIT.pass : EXIT.fail;
  } finally {
    release();
  }
}

async function trySink(config: SinkConfig, number: number, signal: AbortSignal): Promise<Outcome> {
  const { createSink } = await import('../alerts/sinks.ts');
  const { DeliveryError } = await import('../alerts/sink.ts');
  const nowMs = Date.now();
  const notice = { id: `test-${nowMs}-${number}`, alerts: [testAlert(nowMs)], sentAtMs: nowMs, isTest: true };
  try {
    await createSink(config, hostname()).send(notice, signal);
    return { sink: number, type: config.type, ok: true, problem: null };
  } catch (error) {
    // Whatever else is thrown may say more than it should.
    const problem = error instanceof DeliveryError ? error.message : 'it failed in an unknown way';
    return { sink: number, type: config.type, ok: false, problem };
  }
}

function testAlert(nowMs: number): Alert {
  return {
    key: 'test',
    severity: 'warn',
    target: null,
    ruleId: 'alert-test',
    windowId: 'test',
    status: 'firing',
    repeat: 0,
    title: 'Test alert of idleproof',
    text: 'Somebody tries whether alerts arrive. Nothing is wrong.',
    firstSeenMs: nowMs,
    atMs: nowMs,
    proofFolder: null,
  };
}

function describeOutcome({ sink, type, problem }: Outcome): string {
  return `${String(sink).padStart(2)} ${type.padEnd(12)} ${problem === null ? 'ok' : `failed: ${problem}`}\n`;
}
