import type { ProbeSpec, StartupSpec, TtftSpec } from '../../core/measure/probe-spec.ts';
import { isReferring } from '../../core/parse/environment.ts';
import { IdleproofError } from '../../errors.ts';
import { findBrowser } from '../../measure/browser.ts';
import type { CompletionRequest } from '../../measure/chat-completion.ts';
import type { TargetSpec } from '../../model/target.ts';
import type { Probe, UsingProbe } from './plan.ts';
import { secretHeaders } from './secret-headers.ts';

/** Who is measured, and how that is called. */
export interface ProbedTarget {
  /** Who answers; null: nobody that can be looked at. */
  server: TargetSpec | null;
  id: string | null;
}

/** The probe of what a file describes. Each is loaded only where it is used. */
export async function probeOf(spec: ProbeSpec, target: ProbedTarget): Promise<Probe> {
  if (spec.kind !== 'startup') return usingProbe(spec, target);
  const { probeStartup } = await import('./startup.ts');
  return probeStartup({ ...spec, id: target.id });
}

/** The same of what uses an app that runs. */
export async function usingProbe(
  spec: Exclude<ProbeSpec, StartupSpec>,
  { server, id }: ProbedTarget,
): Promise<UsingProbe> {
  switch (spec.kind) {
    case 'http': {
      const { probeHttp } = await import('./http.ts');
      return probeHttp({ ...spec, headers: secretHeaders(spec.headers, process.env), server, id });
    }
    case 'ttft': {
      const { probeTtft } = await import('./ttft.ts');
      const headers = secretHeaders(spec.headers, process.env);
      const isSecret = Object.values(spec.headers).some(isReferring);
      const request = { ...completionRequest({ ...spec, headers }), isSecret };
      return probeTtft({ ...spec, request, server, id });
    }
    case 'page': {
      const { probePage } = await import('./page.ts');
      const { downBitsPerSecond, upBitsPerSecond, latencyMs, ...plan } = spec;
      const shape = { downBitsPerSecond, upBitsPerSecond, latencyMs };
      return probePage({ ...plan, shape, browser: browserOf(spec.browser), server, id });
    }
    case 'size': {
      const { probeSize } = await import('./size.ts');
      const groups = spec.groups.map(({ name, pattern }) => ({ id: name ?? id, pattern }));
      return probeSize({ folder: spec.folder, groups });
    }
    default: {
      const { probeRun } = await import('./run.ts');
      return probeRun({ ...spec, id });
    }
  }
}

/** What is asked of a chat API; an address without a path is that of the server. */
export function completionRequest({
  url: given,
  headers,
  prompt,
  model,
  maxTokens,
  timeoutMs,
}: Omit<TtftSpec, 'kind' | 'runs' | 'states'>): CompletionRequest {
  const url = new URL(given);
  if (/^(?:\/?|\/v1\/?)$/.test(url.pathname)) url.pathname = '/v1/chat/completions';
  const body = {
    ...(model === null ? {} : { model }),
    messages: [{ role: 'user', content: prompt }],
    max_tokens: maxTokens,
    stream: true,
    stream_options: { include_usage: true },
  };
  return { url: url.href, headers: { ...headers }, body: JSON.stringify(body), timeoutMs };
}

/** The Chromium that is named, or else one that is installed. @throws IdleproofError where there is none */
export function browserOf(given: string | null): string {
  const named = given ?? process.env['CHROMIUM'];
  const browser = findBrowser(named);
  if (browser !== null) return browser;
  const problem = named === undefined ? 'no Chromium is installed here' : `there is no ${named}`;
  throw new IdleproofError('MEASURE_BROWSER', { problem });
}
