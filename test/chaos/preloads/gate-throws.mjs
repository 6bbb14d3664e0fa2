// The gate throws at each look while the fault lasts.
import { CpuCollector } from '../../../dist/collectors/linux/cpu.js';
import { onStrike } from './on-strike.mjs';

let isStruck = false;
const { prototype } = CpuCollector;
const gate = Reflect.get(prototype, 'gate');
prototype.gate = function gateOrThrow(processes) {
  if (isStruck) throw new Error('chaos: the gate throws');
  return gate.call(this, processes);
};
onStrike(
  () => {
    isStruck = true;
  },
  () => {
    isStruck = false;
  },
);
