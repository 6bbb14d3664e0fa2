import type { Command } from 'commander';
import { parseBitRate } from '../../core/parse/bit-rate.ts';
import { BIT_RATE, sayNoUnitText } from '../../core/parse/unit-text.ts';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import {
  type CommonOptions,
  countOf,
  durationOf,
  measureCommand,
  planMeasure,
  urlOf,
  withCommon,
} from './options.ts';
import { type ServerOptions, serverOf, withServer } from './server.ts';

const refuse: Refuse = refuser('measure page');

const EXAMPLES = `
Examples:
  idleproof measure page --url http://127.0.0.1:3000/ --expect 'p95 < 3s'
  idleproof measure page --url http://127.0.0.1:3000/ --down 750kbit/s --latency 100ms --runs 20 --id slow
  CHROMIUM=/opt/chromium/chrome idleproof measure page --url https://example.com/ --json | jq .facts.loads

Each load begins with nothing in the cache; one before them is not counted. page.interactive is the end of the last task of more than 50 ms before
5 s of quiet, and no earlier than the document and its scripts are there; so a load takes 5 s longer than that. --down, --up and
--latency are made by the browser: the latency is added to each request.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, no browser or no page, 4 idleproof itself failed, 130 interrupted.`;

interface PageOptions extends CommonOptions, ServerOptions {
  url: string;
  runs: string;
  down?: string;
  up?: string;
  latency?: string;
  browser?: string;
  timeout: string;
}

const MOST_RUNS = 1_000;

/** `idleproof measure page`: a page in a real browser. */
export function pageCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand(
    'page',
    'Load a page in an installed Chromium, and measure until it can be used.',
  )
    .requiredOption('--url <url>', 'address of the page')
    .option('--runs <n>', 'how many loads are counted', '10')
    .option('--down <rate>', 'how fast the network is, such as 750kbit/s')
    .option('--up <rate>', 'the same towards the server (default: as --down)')
    .option('--latency <duration>', 'added to each request, such as 100ms')
    .option('--browser <path>', 'which Chromium (default: $CHROMIUM, or an installed one)')
    .option('--timeout <duration>', 'how long a load may take', '60s');
  return withCommon(withServer(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: PageOptions) => done(await measurePage(argv, options)));
}

async function measurePage(argv: readonly string[], options: PageOptions): Promise<number> {
  const url = urlOf(refuse, options.url);
  const down = options.down === undefined ? null : rateOf('--down', options.down);
  const shape = {
    downBitsPerSecond: down,
    upBitsPerSecond: options.up === undefined ? down : rateOf('--up', options.up),
    latencyMs: options.latency === undefined ? 0 : durationOf(refuse, '--latency', options.latency),
  };
  const { target, server, selector } = serverOf('page', url, options);
  const plan = await planMeasure(argv, options, { kind: 'page', main: 'page.interactive', target, selector });
  const runs = countOf(refuse, '--runs', options.runs, 1, MOST_RUNS);
  const timeoutMs = durationOf(refuse, '--timeout', options.timeout);
  const { browserOf } = await import('../../session/measure/probe-of.ts');
  const browser = browserOf(options.browser ?? null);
  const { probePage } = await import('../../session/measure/page.ts');
  const { runMeasure } = await import('./run-measure.ts');
  const probe = probePage({ url: url.href, browser, runs, shape, timeoutMs, server, id: plan.id });
  return runMeasure(plan, probe, options);
}

function rateOf(option: string, text: string): number {
  return parseBitRate(text) ?? refuse(option, sayNoUnitText(text, BIT_RATE));
}
