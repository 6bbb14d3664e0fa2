// The canary plants nothing more.
import { Canary } from '../../../dist/session/canary.js';
import { onStrike } from './on-strike.mjs';

onStrike(() => {
  Canary.prototype.plant = () => {};
});
