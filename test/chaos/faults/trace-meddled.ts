import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { needsTrace, traceFoldersOf } from '../trace-instances.ts';
import type { Watchdog } from '../watchdog.ts';

/** Writes into a file of each of the watchdog's instances, as another administrator can. */
function meddle(watchdog: Watchdog, file: string, text: string): void {
  for (const folder of traceFoldersOf(watchdog)) writeFileSync(join(folder, file), text);
}

const meddled = (name: string, says: string, file: string, wrong: string, right: string | null): Fault => ({
  name,
  says,
  unavailable: needsTrace,
  // Longer than a tick, and shorter than the time between two controls.
  holdMs: 600,
  strike: ({ watchdog }) => meddle(watchdog, file, wrong),
  undo: ({ watchdog }) => {
    if (right !== null) meddle(watchdog, file, right);
  },
});

export const traceOff: Fault = meddled(
  'trace-off',
  "somebody switches the watchdog's trace off (tracing_on)",
  'tracing_on',
  '0',
  null,
);

export const traceOffBetweenLooks: Fault = {
  ...meddled(
    'trace-off-for-a-moment',
    "somebody switches the watchdog's trace off (tracing_on), and on again",
    'tracing_on',
    '0',
    '1',
  ),
  moments: ['during'],
  holdMs: 0,
};

export const traceEventsOff: Fault = meddled(
  'trace-events-off',
  "somebody switches the events of the watchdog's trace off",
  'events/enable',
  '0',
  null,
);

export const traceBufferShrunk: Fault = meddled(
  'trace-buffer-shrunk',
  "somebody shrinks the buffer of the watchdog's trace to 4 kB",
  'buffer_size_kb',
  '4',
  '512',
);

export const traceFollowsNobody: Fault = {
  name: 'trace-follows-others',
  says: "somebody makes the watchdog's trace follow another process",
  unavailable: needsTrace,
  strike: ({ watchdog }) => meddle(watchdog, 'set_event_pid', '1'),
};

export const traceCleared: Fault = {
  name: 'trace-cleared',
  says: "somebody empties the buffers of the watchdog's trace, again and again for a second",
  unavailable: needsTrace,
  holdMs: 0,
  // It goes on while the target acts.
  strike: ({ watchdog }) => {
    const folders = traceFoldersOf(watchdog);
    const endMs = performance.now() + 1_000;
    const clear = (): void => {
      try {
        for (const folder of folders) writeFileSync(join(folder, 'trace'), '');
      } catch {
        // The watchdog is done, and its trace gone.
        return;
      }
      if (performance.now() < endMs) setTimeout(clear, 20);
    };
    clear();
  },
};
