/** The middle value, the upper one of two; 0 of none. */
export function upperMedian(values: readonly number[] | Float64Array): number {
  return selected(new Float64Array(values), values.length >> 1) ?? 0;
}

/** What would be at a place if the values were sorted (Hoare 1961: quickselect); moves them. */
function selected(values: Float64Array, place: number): number | undefined {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left += 1;
      while ((values[right] as number) > pivot) right -= 1;
      if (left > right) break;
      const moved = values[left] as number;
      values[left] = values[right] as number;
      values[right] = moved;
      left += 1;
      right -= 1;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return values[place];
}
