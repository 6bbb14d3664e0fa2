import type { SelfReport } from '../model/evidence.ts';

/** Starts to measure what the watchdog itself uses; the returned function says how much it was. */
export function measureSelf(): () => SelfReport {
  const start = process.resourceUsage();
  return () => {
    const now = process.resourceUsage();
    const microseconds = now.userCPUTime + now.systemCPUTime - (start.userCPUTime + start.systemCPUTime);
    return {
      cpuSeconds: microseconds / 1e6,
      // getrusage(2) counts voluntary context switches on Linux; elsewhere the field stays 0.
      wakeups:
        process.platform === 'linux' ? now.voluntaryContextSwitches - start.voluntaryContextSwitches : null,
      rssBytes: process.memoryUsage.rss(),
      connectionsOpened: 0,
    };
  };
}
