import { createEventsCollector } from '../../../dist/collectors/events/collector.js';
import { createFilesCollector } from '../../../dist/collectors/files/collector.js';
import { CpuCollector } from '../../../dist/collectors/linux/cpu.js';
import { IoCollector } from '../../../dist/collectors/linux/io.js';
import { MemoryCollector } from '../../../dist/collectors/linux/memory.js';
import { ProcessesCollector } from '../../../dist/collectors/linux/processes.js';
import { SocketsCollector } from '../../../dist/collectors/linux/sockets.js';
import { TraceCollector } from '../../../dist/collectors/linux/trace/collector.js';
import { WakeupsCollector } from '../../../dist/collectors/linux/wakeups.js';

// These two are told only as functions that make them.
const events = createEventsCollector({ target: 'none', source: { sqlite: 'none', table: 'none' } });
const files = createFilesCollector({ target: 'none', folder: '/', ownFolder: null });

/** The prototypes of all collectors that a scene is watched by: it has no log with lines to be read, and no network of its own. */
export const COLLECTORS = [
  CpuCollector.prototype,
  MemoryCollector.prototype,
  WakeupsCollector.prototype,
  IoCollector.prototype,
  ProcessesCollector.prototype,
  SocketsCollector.prototype,
  TraceCollector.prototype,
  Object.getPrototypeOf(events),
  Object.getPrototypeOf(files),
];
