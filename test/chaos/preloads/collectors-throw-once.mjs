// Every collector throws the next time it is asked.
import { COLLECTORS } from './collectors.mjs';
import { onStrike } from './on-strike.mjs';

const struck = new Set();
for (const prototype of COLLECTORS) {
  const { sample } = prototype;
  prototype.sample = function sampleOrThrow(look) {
    if (struck.delete(prototype)) throw new Error('chaos: a collector that throws');
    return sample.call(this, look);
  };
}
onStrike(() => {
  for (const prototype of COLLECTORS) struck.add(prototype);
});
