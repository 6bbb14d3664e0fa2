export type Quantity = 'percent' | 'seconds' | 'bytes' | 'count' | 'share';

/** What a number measures: a quantity, or a quantity per second. */
export interface Dimension {
  quantity: Quantity;
  perSecond: boolean;
}
