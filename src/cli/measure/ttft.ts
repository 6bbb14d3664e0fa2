import type { Command } from 'commander';
import { statesOf } from '../../core/measure/states.ts';
import { refuser } from '../../errors/refuse.ts';
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

const refuse = refuser('measure ttft');

const EXAMPLES = `
Examples:
  idleproof measure ttft --url http://127.0.0.1:8080 --prompt 'Say hello.' --expect 'p50 < 3s'
  idleproof measure ttft --url http://127.0.0.1:11434/v1/chat/completions --model llama3.2 --prompt 'Say hello.' --runs 20
  idleproof measure ttft --url http://127.0.0.1:8080 --prompt 'Say hello.' --cold --warm --json | jq .facts.first
  idleproof measure ttft --url https://api.example.com/v1 --header "authorization: Bearer $KEY" --model m --prompt hi

An address without a path is completed to /v1/chat/completions. ttft is the first chunk that says something (text, reasoning or a call of
a tool), ttft.firstChunk the first one with choices, be it empty; ttft.perToken (latency - ttft) / (tokens - 1); ttft.gap between chunks.
The first request is not counted: it may load the model. --cold measures it alone.
Exit codes: 0 measured, 1 an --expect not met, 3 usage, or no streamed answer, 4 idleproof itself failed, 130 interrupted.`;

interface TtftOptions extends CommonOptions, ServerOptions {
  url: string;
  prompt: string;
  model?: string;
  maxTokens: string;
  header: string[];
  runs: string;
  cold?: boolean;
  warm?: boolean;
  timeout: string;
}

const MOST_RUNS = 1_000;

/** `idleproof measure ttft`: time to the first token of a chat API. */
export function ttftCommand(argv: readonly string[], done: (exitCode: number) => void): Command {
  const command = measureCommand(
    'ttft',
    'Ask an OpenAI-compatible server, and measure when its answer comes.',
  )
    .requiredOption('--url <url>', 'address of the server, or of its chat completions')
    .requiredOption('--prompt <text>', 'what is asked')
    .option('--model <name>', 'which model is asked')
    .option('--max-tokens <n>', 'how long an answer may become', '64')
    .option('--header <name: value>', 'a header, may be repeated', collect, [])
    .option('--runs <n>', 'warm requests that count', '10')
    .option('--cold', 'measure the first request, alone')
    .option('--warm', 'measure those after it (default); together with --cold both')
    .option('--timeout <duration>', 'how long an answer may take', '120s');
  return withCommon(withServer(command))
    .addHelpText('after', EXAMPLES)
    .action(async (options: TtftOptions) => done(await measureTtft(argv, options)));
}

async function measureTtft(argv: readonly string[], options: TtftOptions): Promise<number> {
  const url = urlOf(refuse, options.url);
  const { target, server, selector } = serverOf('ttft', url, options);
  const plan = await planMeasure(argv, options, { kind: 'ttft', main: 'ttft', target, selector });
  const { probeTtft } = await import('../../session/measure/ttft.ts');
  const { runMeasure } = await import('./run-measure.ts');
  const { completionRequest } = await import('../../session/measure/probe-of.ts');
  const probe = probeTtft({
    request: completionRequest({
      url: url.href,
      headers: headersOf(refuse, options.header),
      prompt: options.prompt,
      model: options.model ?? null,
      maxTokens: countOf(refuse, '--max-tokens', options.maxTokens),
      timeoutMs: durationOf(refuse, '--timeout', options.timeout),
    }),
    runs: countOf(refuse, '--runs', options.runs, 1, MOST_RUNS),
    states: statesOf(options),
    server,
    id: plan.id,
  });
  return runMeasure(plan, probe, options);
}
