import type { z } from 'zod';

/** Taking one mistake away may uncover another; so often at most. */
const MOST_ROUNDS = 10;

type Path = readonly PropertyKey[];

/**
 * What is left of a value when everything that its schema refuses is taken away, as the schema has it, with the paths of what
 * was taken; null where nothing sound is left. For finding what else is wrong: one error at a time is slow.
 */
export function soundPart<T>(schema: z.ZodType<T>, value: unknown): { value: T; taken: Path[] } | null {
  const part: unknown = structuredClone(value);
  const taken: Path[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const parsed = schema.safeParse(part);
    if (parsed.success) return { value: parsed.data, taken };
    const paths = parsed.error.issues.flatMap((issue): Path[] =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const gone = paths.flatMap((path) => take(part, path) ?? []);
    if (gone.length === 0) return null;
    taken.push(...paths);
  }
  return null;
}

/** Whether something lies at a path, or around it. */
export function isAround(path: Path, inner: Path): boolean {
  return path.length <= inner.length && path.every((step, index) => step === inner[index]);
}

/** Takes away what lies at a path; a list goes as a whole, so that the others keep their places. Null: there was nothing. */
function take(value: unknown, path: Path): Path | null {
  const last = path.at(-1);
  let parent = value;
  for (const step of path.slice(0, -1)) parent = childOf(parent, step);
  if (last === undefined || childOf(parent, last) === undefined) return null;
  if (Array.isArray(parent)) return take(value, path.slice(0, -1));
  delete (parent as Record<PropertyKey, unknown>)[last];
  return path;
}

function childOf(value: unknown, step: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<PropertyKey, unknown>)[step];
}
