/** Closes one after the other, each whatever became of those before. @throws what the first that failed has thrown */
export async function closeAll(closers: readonly (() => Promise<void> | void)[]): Promise<void> {
  const problems: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
}
