/** One piece of work; alone: nothing else runs meanwhile. */
export interface Job {
  isAlone: boolean;
  run(): Promise<void>;
}

/** Runs what can share the machine first, so many at a time, and then the rest one by one; with no lanes, nothing. */
export async function runJobs(jobs: readonly Job[], lanes: number): Promise<void> {
  const shared = jobs.filter(({ isAlone }) => !isAlone);
  await inLanes(shared, lanes);
  await inLanes(
    jobs.filter(({ isAlone }) => isAlone),
    Math.min(lanes, 1),
  );
}

async function inLanes(jobs: readonly Job[], lanes: number): Promise<void> {
  const waiting = jobs[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const job of { [Symbol.iterator]: () => waiting }) await job.run();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
