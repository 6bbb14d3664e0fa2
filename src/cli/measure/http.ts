import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Refuse, refuser } from '../../errors/refuse.ts';
import { collect } from '../selector-options.ts';
import {
  type CommonOptions,
  countOf,
  durationOf,
  headersOf,
  measureCommand,
  planMeasure,
  urlOf,
  withCommon,
} from './options.ts';
import { type ServerOptions, serverOf, withServer } from './server.ts';

const refuse: Refuse = refuser('measure http');

const EXAMPLES = `
Examples:
  idleproof measure http --url http://127.0.0.1:8000/health --requests 200 --concurrency 5
  idleproof measure http --url http://127.0.0.1:8000/health --for 10s --expect 'p95 < 200ms' --expect 'errors < 1%'
  idleproof measure http --url http://127.0.0.1:8000/v1/chat/completions --method POST --header 'content-type: application/json' \\
    --body @request.json --requests 50 --concurrency 2 --id completions --json | jq .facts

Each connection sends its next request when the last one is answered. Latencies are those of answers with a status of 2xx; everything
else is an error. Certificates are not checked. Where the server runs here, its CPU time and memory are looked at once a second.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, or nobody answers, 4 idleproof itself failed, 130 interrupted.`;

interface HttpOptions extends CommonOptions, ServerOptions {
  url: string;
  method: string;
  body?: string;
  header: string[];
  requests?: string;
  for?: string;
  concurrency: string;
  timeout: string;
}

const DEFAULT_REQUESTS = 200;
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const MOST_CONNECTIONS = 10_000;

/** `idleproof measure http`: a server under load. */
export function httpCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand('http', 'Send requests to a server, and measure how it answers.')
    .requiredOption('--url <url>', 'address to send requests to')
    .option('--requests <n>', `how many (default: ${DEFAULT_REQUESTS})`)
    .option('--for <duration>', 'how long, instead of how many')
    .option('--concurrency <n>', 'connections at the same time', '5')
    .option('--method <method>', 'GET, POST, …', 'GET')
    .option('--header <name: value>', 'a header, may be repeated', collect, [])
    .option('--body <text>', 'what is sent; @FILE reads it from a file')
    .option('--timeout <duration>', 'how long an answer may take', '10s');
  return withCommon(withServer(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: HttpOptions) => done(await measureHttp(argv, options)));
}

async function measureHttp(argv: readonly string[], options: HttpOptions): Promise<number> {
  const url = urlOf(refuse, options.url);
  const method = options.method.toUpperCase();
  if (!METHODS.includes(method)) refuse('--method', `«${options.method}» is none of ${METHODS.join(', ')}`);
  if (options.for !== undefined && options.requests !== undefined)
    refuse('--for', 'give either how many requests (--requests) or how long (--for)');
  const { MOST_REQUESTS } = await import('../../measure/http-load.ts');
  const requests = countOf(
    refuse,
    '--requests',
    options.requests ?? String(DEFAULT_REQUESTS),
    1,
    MOST_REQUESTS,
  );
  const amount =
    options.for === undefined ? { requests } : { durationMs: durationOf(refuse, '--for', options.for) };
  const { target, server, selector } = serverOf('http', url, options);
  const plan = await planMeasure(argv, options, { kind: 'http', main: 'http.latency', target, selector });
  const { probeHttp } = await import('../../session/measure/http.ts');
  const { runMeasure } = await import('./run-measure.ts');
  const probe = probeHttp({
    url: url.href,
    method,
    headers: headersOf(refuse, options.header),
    body: options.body === undefined ? null : bodyOf(options.body),
    concurrency: countOf(refuse, '--concurrency', options.concurrency, 1, MOST_CONNECTIONS),
    amount,
    timeoutMs: durationOf(refuse, '--timeout', options.timeout),
    server,
    id: plan.id,
  });
  return runMeasure(plan, probe, options);
}

function bodyOf(text: string): string {
  if (!text.startsWith('@')) return text;
  try {
    return readFileSync(text.slice(1), 'utf8');
  } catch (error) {
    const problem = `${text.slice(1)} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
    return refuse('--body', problem, error);
  }
}
