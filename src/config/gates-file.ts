import { z } from 'zod';
import type { Gate } from '../core/measure/gates/gate.ts';
import { parseDurationMs } from '../core/parse/duration.ts';
import { parseReady, type ReadyCondition } from '../core/parse/ready.ts';
import { type JsonSchema, jsonSchemaOf } from '../core/rules/json-schema.ts';
import type { Problem } from '../core/rules/problem.ts';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import { type Config, configOf, soundProblems } from './config-document.ts';
import { CONFIG_FIELDS } from './config-schema.ts';
import { duration, text } from './field-schemas.ts';
import { type GateDocument, gatesSchema, orderProblems, toGates } from './gates-document.ts';
import { type PlacedHeader, placeHeaders } from './header-fields.ts';
import type { PlacedProblem, YamlDocument } from './yaml-document.ts';

const own = {
  ready: text.describe('when the started command is: port:8000, http://…, log:REGEX or file:PATH'),
  acceptSampled: duration.optional().describe('what may be missed by looking: processes that live shorter'),
  gates: gatesSchema,
};

/** gates.yaml: a configuration, and what to do one after the other. */
const gatesFileSchema = z.strictObject({ ...CONFIG_FIELDS, ...own });

/** The JSON Schema of gates.yaml, for editors. */
export function gatesJsonSchema(): JsonSchema {
  return { title: 'gates.yaml', ...jsonSchemaOf(gatesFileSchema) };
}

export interface GatesFile {
  config: Config;
  ready: ReadyCondition;
  acceptSampledMs: number | null;
  gates: Gate[];
  /** Those of its gates that take something from the environment. */
  headers: PlacedHeader[];
}

/** What a gates.yaml says, or everything that is wrong with it. `folder`: where the file lies. */
export function parseGatesFile(
  document: YamlDocument,
  folder: string,
): { value: GatesFile; problems: null } | { value: null; problems: PlacedProblem[] } {
  const parsed = document.parse(gatesFileSchema);
  if (parsed.problems !== null) {
    const further = document.place(furtherProblems(document.value, folder));
    return { value: null, problems: [...parsed.problems, ...further] };
  }
  const { ready, acceptSampled, gates: documents, ...rest } = parsed.value;
  const { value: config, problems: ofConfig } = configOf(rest, document, folder);
  const command = config.targets.find(({ select }) => select.by === 'command')?.select;
  const started = readyIn(ready, documents);
  const { gates, problems } = toGates(documents, {
    folder,
    argv: command?.by === 'command' ? command.argv : [],
    ready: started.ready,
  });
  const all = [...ofConfig, ...started.problems, ...problems, ...commandProblems(config)];
  if (all.length > 0 || started.ready === null) return { value: null, problems: document.place(all) };
  const headers = documents.flatMap((one, index) => [
    ...placeHeaders(one.headers, ['gates', index, 'headers'], document),
    ...placeHeaders(one.http?.headers, ['gates', index, 'http', 'headers'], document),
  ]);
  const acceptSampledMs = parseDurationMs(acceptSampled ?? '');
  return { value: { config, ready: started.ready, acceptSampledMs, gates, headers }, problems: null };
}

/** When the app is ready, and what is wrong with that. */
function readyIn(
  given: string,
  gates: readonly GateDocument[],
): { ready: ReadyCondition | null; problems: Problem[] } {
  const path = ['ready'];
  try {
    const ready = parseReady(given, refuser('run'));
    const isMeasured = gates.some(({ measurement }) => measurement === 'startup');
    if (ready.by !== 'duration' || !isMeasured) return { ready, problems: [] };
    const message = 'a start is measured until something is ready; `ready` is only a time';
    return { ready, problems: [{ path, message }] };
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    const message = `«${given.slice(0, 100)}» is none of port:8000, http://…, log:REGEX, file:PATH`;
    return { ready: null, problems: [{ path, message }] };
  }
}

/** What else is wrong with a file that has not the right shape: one error at a time is slow. */
function furtherProblems(value: unknown, folder: string): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { gates, ...rest } = value as Record<string, unknown> & { gates?: unknown };
  for (const key of Object.keys(own)) delete rest[key];
  const isList = Array.isArray(gates) && gates.every((one) => typeof one === 'object' && one !== null);
  return [...soundProblems(rest, folder), ...(isList ? orderProblems(gates as GateDocument[]) : [])];
}

/** One app is started and stopped; others may be watched beside it. */
function commandProblems({ targets }: Config): Problem[] {
  const started = targets.filter(({ select }) => select.by === 'command').length;
  return started === 1 ? [] : [{ path: ['targets'], message: 'exactly one target has to be a `command`' }];
}
