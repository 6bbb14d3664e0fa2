// CLOCK_MONOTONIC stands still while a host sleeps. The process is stopped meanwhile; when it goes on, its monotonic clock has
// lost that time.
import { onStrike } from './on-strike.mjs';

const SLEPT_NS = 2_500_000_000n;
const bigint = process.hrtime.bigint.bind(process.hrtime);
onStrike(() => {
  process.hrtime.bigint = () => bigint() - SLEPT_NS;
});
