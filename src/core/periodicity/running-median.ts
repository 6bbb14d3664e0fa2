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
    const coming = index + reach;
    // Where nothing leaves, there is a free place at the end; where nothing comes, one is left there.
    const free = leaving >= 0 ? placeOf(window, count, values[leaving] as number) : count;
    if (coming < values.length) {
      insert(window, free, leaving >= 0 ? count : count + 1, values[coming] as number);
      if (leaving < 0) count += 1;
    } else if (leaving >= 0) {
      window.copyWithin(free, free + 1, count);
      count -= 1;
    }
    if (index >= 0) medians[index] = window[count >> 1] as number;
  }
  return medians;
}

/** Puts a value where it belongs among `count` sorted ones of which one place is free. */
function insert(window: Float64Array, free: number, count: number, value: number): void {
  let place = free;
  while (place > 0 && (window[place - 1] as number) > value) {
    window[place] = window[place - 1] as number;
    place -= 1;
  }
  while (place < count - 1 && (window[place + 1] as number) < value) {
    window[place] = window[place + 1] as number;
    place += 1;
  }
  window[place] = value;
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
