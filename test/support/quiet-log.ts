import type { Log } from '../../src/daemon/log/log.ts';

/** A log that keeps what it is told, as `level message`. */
export function quietLog(): { log: Log; said: string[] } {
  const said: string[] = [];
  const say = (level: string) => (message: string) => void said.push(`${level} ${message}`);
  const log: Log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('fatal'),
    hide: () => {},
    close: () => {},
  };
  return { log, said };
}
