// Every collector throws at each look while the fault lasts.
import { COLLECTORS } from './collectors.mjs';
import { onStrike } from './on-strike.mjs';

let isStruck = false;
for (const prototype of COLLECTORS) {
  const { sample } = prototype;
  prototype.sample = function sampleOrThrow(look) {
    if (isStruck) throw new Error('chaos: a collector that throws');
    return sample.call(this, look);
  };
}
onStrike(
  () => {
    isStruck = true;
  },
  () => {
    isStruck = false;
  },
);
