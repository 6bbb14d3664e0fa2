import type { Fault } from '../fault.ts';
import { busyHost } from './busy-host.ts';
import { canaryDead, canaryNever } from './canary-dead.ts';
import { clockForward, clockBack } from './clock-jumps.ts';
import { collectorsThrow, collectorsThrowOnce, gateThrows } from './collectors-throw.ts';
import { DAEMON_FAULTS } from './daemon.ts';
import {
  databaseReplaced,
  databaseRotated,
  databaseRemoved,
  databaseBack,
  databaseCorrupt,
  databaseTruncated,
  rowsDeleted,
  tableMadeAnew,
  databaseVacuumed,
  rowsRetyped,
} from './database-changed.ts';
import { databaseLocked, databaseLockedToTheEnd, committedLate } from './database-locked.ts';
import { descriptorsExhausted } from './descriptors-exhausted.ts';
import { diskFull, diskFullForAWhile } from './disk-full.ts';
import { folderReplaced, folderRemoved } from './folder-changed.ts';
import { hostAsleep } from './host-asleep.ts';
import { ioUring } from './io-uring.ts';
import { logFolderReplaced, logRemoved, logRotated, logTruncated } from './log-changed.ts';
import { none } from './none.ts';
import { permissionLostForAWhile, permissionLost } from './permission-lost.ts';
import { portable, portableChildStopped, portableChildKilled } from './portable.ts';
import { noTrace, noNative, otherUser } from './sees-less.ts';
import { storeOverwritten, storeRemoved } from './store-damaged.ts';
import { storeLockedForAWhile, storeLocked } from './store-locked.ts';
import {
  targetExecutes,
  targetForks,
  targetDaemonizes,
  targetElsewhere,
  pidReused,
} from './target-changes.ts';
import { targetStopped, targetFrozen, targetThrottled, targetTraced } from './target-held.ts';
import { forkBomb, thousandProcesses, tenThousandSockets, unreachable } from './target-many.ts';
import { targetRestarted, targetKilled } from './target-restarted.ts';
import {
  traceOff,
  traceOffBetweenLooks,
  traceEventsOff,
  traceBufferShrunk,
  traceFollowsNobody,
  traceCleared,
} from './trace-meddled.ts';
import { traceOverflows } from './trace-overflows.ts';
import { traceStolen } from './trace-stolen.ts';
import { watchdogKilled, watchdogInterrupted } from './watchdog-ended.ts';
import { watchdogStopped, watchdogStoppedBriefly } from './watchdog-stopped.ts';

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [
  none,
  collectorsThrow,
  collectorsThrowOnce,
  gateThrows,
  permissionLostForAWhile,
  permissionLost,
  watchdogStopped,
  watchdogStoppedBriefly,
  watchdogKilled,
  watchdogInterrupted,
  descriptorsExhausted,
  storeLockedForAWhile,
  storeLocked,
  storeOverwritten,
  storeRemoved,
  diskFull,
  diskFullForAWhile,
  traceOff,
  traceOffBetweenLooks,
  traceEventsOff,
  traceBufferShrunk,
  traceFollowsNobody,
  traceCleared,
  traceStolen,
  traceOverflows,
  canaryDead,
  canaryNever,
  clockForward,
  clockBack,
  hostAsleep,
  noTrace,
  noNative,
  otherUser,
  portable,
  portableChildStopped,
  portableChildKilled,
  targetRestarted,
  targetKilled,
  targetStopped,
  targetFrozen,
  targetThrottled,
  targetTraced,
  targetExecutes,
  targetForks,
  targetDaemonizes,
  targetElsewhere,
  pidReused,
  forkBomb,
  thousandProcesses,
  tenThousandSockets,
  unreachable,
  ioUring,
  busyHost,
  databaseReplaced,
  databaseRotated,
  databaseRemoved,
  databaseBack,
  databaseCorrupt,
  databaseTruncated,
  rowsDeleted,
  tableMadeAnew,
  databaseVacuumed,
  rowsRetyped,
  databaseLocked,
  databaseLockedToTheEnd,
  committedLate,
  folderReplaced,
  folderRemoved,
  logRotated,
  logTruncated,
  logRemoved,
  logFolderReplaced,
  ...DAEMON_FAULTS,
];
