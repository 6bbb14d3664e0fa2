import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { startWorker, type WorkerResult } from '../../../../src/daemon/scheduled/start-worker.ts';
import type { WorkerRequest } from '../../../../src/daemon/scheduled/worker.ts';

vi.mock('node:child_process', () => ({ spawn: vi.fn() }));

it('tells that no process can be had, such as for want of descriptors, when there are no pipes either', async () => {
  const child = new EventEmitter();
  vi.mocked(spawn).mockReturnValue(child as ChildProcess);
  const { done, stop } = startWorker({} as WorkerRequest);
  stop();
  child.emit('error', new Error('spawn EMFILE'));
  child.emit('close', -24, null);
  expect(await done).toEqual<WorkerResult>({ problem: 'spawn EMFILE' });
});
