// Stands for `idleproof watch`: ready, one tick and one commit a second, ends in order.
import { createLog } from '../../dist/daemon/log.js';
import { createNotifier } from '../../dist/daemon/notify.js';

const log = createLog({ level: 'info', folder: process.env.STATE_DIRECTORY ?? null });
const notifier = createNotifier({ loopWithinMs: 5_000, storeWithinMs: 5_000 });
const timer = setInterval(() => {
  notifier.alive('store', performance.now());
  notifier.alive('loop', performance.now());
}, 1_000);
process.on('SIGHUP', () => {
  notifier.reloading();
  log.info('reloaded');
  notifier.ready('reloaded');
});
process.on('SIGTERM', () => {
  notifier.stopping('closing 1 window');
  log.info('stopped in order');
  log.close();
  clearInterval(timer);
  notifier.close();
});
log.info('watching', { pid: process.pid });
log.warn('a warning');
if (notifier.problem !== null) log.error(notifier.problem);
notifier.ready('watching 1 target');
