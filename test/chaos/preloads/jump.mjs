import { onStrike } from './on-strike.mjs';

/** Moves the wall clock of this process when the fault strikes; the clocks that only go forward are not concerned. */
export function jumpBy(ms) {
  const now = Date.now.bind(Date);
  onStrike(() => {
    Date.now = () => now() + ms;
  });
}
