interface Event {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  s?: string;
  args?: Record<string, unknown>;
}

/** What is wrong with a document of Chrome trace events (JSON object form), as Perfetto reads it; empty: nothing. */
export function traceProblems(text: string): string[] {
  const document = JSON.parse(text) as { traceEvents: Event[]; displayTimeUnit: string };
  const problems: string[] = [];
  if (!['ms', 'ns'].includes(document.displayTimeUnit)) problems.push('displayTimeUnit');
  const named = new Set<string>();
  const open = new Map<string, { ts: number; end: number }[]>();
  for (const [index, event] of document.traceEvents.entries()) {
    const { ph, name, pid, tid, ts, dur, args } = event;
    const say = (problem: string): number => problems.push(`event ${index} (${ph} ${name}): ${problem}`);
    if (![pid, tid, ts].every((value) => Number.isSafeInteger(value) && value >= 0)) say('pid, tid or ts');
    if (typeof name !== 'string' || name === '') say('it has no name');
    if (ph === 'M') {
      if (name.endsWith('_name') && typeof args?.['name'] !== 'string') say('it names nothing');
      if (name.endsWith('_sort_index') && !Number.isInteger(args?.['sort_index'])) say('no sort_index');
      if (name === 'process_name' && named.has(`${pid}`)) say('a second process of this number');
      if (name === 'process_name') named.add(`${pid}`);
      if (name === 'thread_name') named.add(`${pid} ${tid}`);
      continue;
    }
    if (!named.has(`${pid}`)) say('its process has no name');
    if (ph === 'C') {
      if (!Object.values(args ?? {}).every((value) => Number.isFinite(value))) say('a counter is no number');
      continue;
    }
    if (!named.has(`${pid} ${tid}`)) say('its thread has no name');
    if (ph === 'i' && event.s !== 't') say('an instant without scope');
    if (ph === 'X') {
      if (!Number.isSafeInteger(dur) || dur! <= 0) say('dur');
      const key = `${pid} ${tid}`;
      open.set(key, [...(open.get(key) ?? []), { ts, end: ts + dur! }]);
    }
    if (!['X', 'i'].includes(ph)) say('a phase that is not used here');
  }
  // Slices of a thread nest, or follow each other.
  for (const [thread, slices] of open) {
    const around: { ts: number; end: number }[] = [];
    for (const slice of slices.toSorted((a, b) => a.ts - b.ts || b.end - a.end)) {
      while (around.length > 0 && around.at(-1)!.end <= slice.ts) around.pop();
      if (around.length > 0 && slice.end > around.at(-1)!.end)
        problems.push(`thread ${thread}: slices overlap at ${slice.ts}`);
      around.push(slice);
    }
  }
  return problems;
}
