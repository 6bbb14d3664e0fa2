import { cpus, hostname, release, totalmem, type as osType } from 'node:os';
import type { HostInfo } from '../model/evidence.ts';

/** The machine that a run is made on, as far as a reader of the proof needs it. */
export function describeHost(at: Date): HostInfo {
  return {
    name: hostname(),
    os: osType(),
    kernel: release(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
    utcOffsetMinutes: -at.getTimezoneOffset(),
    privileged: process.geteuid?.() === 0,
  };
}
