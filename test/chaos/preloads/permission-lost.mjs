// The process becomes another user, and is itself again when the fault is undone.
import { onStrike } from './on-strike.mjs';

onStrike(
  () => {
    process.setegid(65_534);
    process.seteuid(65_534);
  },
  () => {
    process.seteuid(0);
    process.setegid(0);
  },
);
