import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonStatus } from '../model/daemon-status.ts';
import { renderJsonLine } from '../render/json.ts';
import { statusChanges } from '../render/status-changes.ts';
import { renderStatus } from '../render/status-text.ts';
import { checked, type FoundDaemon } from './find-daemon.ts';
import { openScreen } from './screen.ts';

/** Often enough to look live, and little work for a daemon that must be quiet. */
const EVERY_MS = 1_000;

/** Shows what a daemon does until Ctrl-C, or until it ends: a page on a terminal, elsewhere a line for each change. */
export async function followStatus(
  found: FoundDaemon,
  isJson: boolean,
  interrupted: AbortSignal,
): Promise<void> {
  const { stdout } = process;
  // Whoever read it has gone, as head(1) does: that is an end, not a fault.
  const unread = new AbortController();
  stdout.once('error', () => unread.abort());
  const signal = AbortSignal.any([interrupted, unread.signal]);
  if (!isJson && stdout.isTTY) {
    const screen = openScreen(stdout);
    let page = '';
    try {
      await each(found, signal, (status) => {
        page = renderStatus(status, true);
        screen.draw(page);
      });
    } finally {
      screen.close();
      stdout.write(page);
    }
    return;
  }
  let before: DaemonStatus | null = null;
  await each(found, signal, (status) => {
    const changes = (): string[] => statusChanges(before, status).map((line) => `${line}\n`);
    const text = isJson ? renderJsonLine(status) : changes().join('');
    before = status;
    if (text !== '') stdout.write(text);
  });
}

async function each(
  { client, status }: FoundDaemon,
  signal: AbortSignal,
  show: (status: DaemonStatus) => void,
): Promise<void> {
  show(status);
  while (!signal.aborted) {
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    show(checked(await client.status(), status.stateFolder));
  }
}
