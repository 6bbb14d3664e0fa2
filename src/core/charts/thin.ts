/** Curves over common intervals: `values[line][i]` from `edges[i]` to `edges[i + 1]`; null: not known. */
export interface Steps {
  edges: number[];
  values: (number | null)[][];
}

/**
 * Fewer intervals that look the same: time is cut into buckets, and of each the smallest and the largest value of every line
 * stay, at their own times, and where something was not known. Nothing is averaged, so that no peak gets lost.
 * @returns the same where there are no more than two intervals a bucket
 */
export function thin(steps: Steps, buckets: number): Steps {
  const count = steps.edges.length - 1;
  if (count <= 2 * buckets) return steps;
  const fromTime = steps.edges[0] ?? 0;
  const bucketSize = ((steps.edges.at(-1) ?? 0) - fromTime) / buckets;
  const kept: number[] = [];
  for (let first = 0; first < count; ) {
    const bucket = bucketOf(first);
    let end = first + 1;
    while (end < count && bucketOf(end) === bucket) end += 1;
    kept.push(...extremes(steps.values, first, end));
    first = end;
  }
  return {
    edges: [fromTime, ...kept.map((index) => steps.edges[index + 1] ?? 0)],
    values: steps.values.map((line) => kept.map((index) => line[index] ?? null)),
  };

  function bucketOf(index: number): number {
    const end = steps.edges[index + 1] ?? 0;
    return Math.min(buckets - 1, Math.floor((end - fromTime) / bucketSize));
  }
}

/** Which intervals of [first, end) hold the extremes of each line, and the first that is not known; in order. */
function extremes(values: readonly (readonly (number | null)[])[], first: number, end: number): number[] {
  const found = new Set<number>();
  for (const line of values) {
    let [least, most, unknown] = [-1, -1, -1];
    for (let index = first; index < end; index += 1) {
      const value = line[index] ?? null;
      if (value === null) {
        if (unknown < 0) unknown = index;
        continue;
      }
      if (least < 0 || value < (line[least] as number)) least = index;
      if (most < 0 || value > (line[most] as number)) most = index;
    }
    for (const index of [least, most, unknown]) if (index >= 0) found.add(index);
  }
  // The end of the bucket: what is kept lasts until then, and not until the next bucket's first.
  if (found.size === 0) found.add(end - 1);
  return [...found].sort((a, b) => a - b);
}
