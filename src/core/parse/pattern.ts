/** @param invalid told what is wrong with what is no regular expression */
export function assertPattern(pattern: string, invalid: (problem: string) => never): void {
  try {
    void new RegExp(pattern);
  } catch (error) {
    invalid(`«${pattern}» is no regular expression (${(error as Error).message})`);
  }
}
