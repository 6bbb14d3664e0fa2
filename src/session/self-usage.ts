import type { SelfReport } from '../model/evidence.ts';

/** Starts to measure what the watchdog itself uses; the returned function says how much it was. */
export function measureSelf(): (connectionsOpened: number) => SelfReport {
  const start = process.resourceUsage();
  return (connectionsOpened) => {
    const now = process.resourceUsage();
    const microseconds = now.userCPUTime + now.systemCPUTime - (start.userCPUTime + start.systemCPUTime);
    return {
      cpuSeconds: microseconds / 1e6,
      // getrusage(2) counts voluntary context switches on Linux; elsewhere the field stays 0.
      wakeups:
        process.platform === 'linux' ? now.voluntaryContextSwitches - start.voluntaryContextSwitches : null,
      rssBytes: process.memoryUsage.rss(),
      connectionsOpened,
      // In blocks of 512 bytes, whatever the file system; see getrusage(2).
      readBytes: (now.fsRead - start.fsRead) * 512,
      writtenBytes: (now.fsWrite - start.fsWrite) * 512,
    };
  };
}
