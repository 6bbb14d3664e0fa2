export type Quantity = 'percent' | 'seconds' | 'bytes' | 'count' | 'share';

/** What a number measures: a quantity, or a quantity per second. */
export interface Dimension {
  quantity: Quantity;
  perSecond: boolean;
}

export const SECONDS: Dimension = { quantity: 'seconds', perSecond: false };
export const BYTES: Dimension = { quantity: 'bytes', perSecond: false };
export const PERCENT: Dimension = { quantity: 'percent', perSecond: false };
export const COUNT: Dimension = { quantity: 'count', perSecond: false };
export const PER_SECOND: Dimension = { quantity: 'count', perSecond: true };
