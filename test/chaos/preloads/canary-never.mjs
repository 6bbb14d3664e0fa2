// The canary was dead from the beginning.
import { Canary } from '../../../dist/session/canary.js';

Canary.prototype.plant = () => {};
