import { MEASUREMENTS } from './measurements.ts';
import { quantity, spell } from '../wording/amounts.ts';
import { COUNT } from '../../model/dimension.ts';

/** A number of a measurement with its unit, from its base unit: `12.3 ms`, `50 MB`, `120/s`. */
export function sayMeasured(name: string, value: number): string {
  const dimension = MEASUREMENTS.get(name)?.dimension ?? COUNT;
  const isTime = dimension.quantity === 'seconds' && !dimension.perSecond;
  return isTime ? spell(value * 1000) : quantity(value, dimension);
}
