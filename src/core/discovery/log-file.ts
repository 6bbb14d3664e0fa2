const LOG_NAME = /\.(?:log|jsonl|ndjson|out|err)(?:[.-]\d[\w.-]*)?$|\/logs?\/[^/]+$/iu;

/** The write-ahead log of LevelDB and its kin: data, not text. */
const DATA_LOG = /\/\d+\.log$/u;

/** Whether a file that is open for writing is a log: by its name, or since it is the program's output. */
export function isLogFile({ path, fd }: { path: string; fd: number }): boolean {
  return fd === 1 || fd === 2 || (LOG_NAME.test(path) && !DATA_LOG.test(path));
}
