/**
 * Median of the values up to `reach` places away on either side, for each place.
 * One sorted window slides along: each step removes a value and inserts another.
 */
export function runningMedian(values: Float64Array, reach: number): Float64Array {
  const medians = new Float64Array(values.length);
  const window = new Float64Array(2 * reach + 1);
  let count = 0;
  for (let index = -reach; index < values.length; index += 1) {
    const leaving = index - reach - 1;
    if (leaving >= 0) {
      const place = placeOf(window, count, values[leaving] as number);
      window.copyWithin(place, place + 1, count);
      count -= 1;
    }
    const coming = index + reach;
    if (coming < values.length) {
      const value = values[coming] as number;
      const place = placeOf(window, count, value);
      window.copyWithin(place + 1, place, count);
      window[place] = value;
      count += 1;
    }
    if (index >= 0) medians[index] = window[count >> 1] as number;
  }
  return medians;
}

/** First place in the sorted window whose value is not smaller. */
function placeOf(window: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((window[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
