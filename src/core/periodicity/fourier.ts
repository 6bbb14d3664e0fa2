/**
 * Discrete Fourier transform in place, radix 2 (Cooley and Tukey 1965), with a positive exponent.
 * @param re real parts, as many as a power of 2; `im` likewise
 */
export function fourier(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  const { cosines, sines, reversed } = tablesOf(size);
  reorder(re, im, reversed);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const c = cosines[k * stride] as number;
        const s = sines[k * stride] as number;
        const low = block + k;
        const high = low + half;
        const a = re[high] as number;
        const b = im[high] as number;
        const turnedRe = a * c - b * s;
        const turnedIm = a * s + b * c;
        re[high] = (re[low] as number) - turnedRe;
        im[high] = (im[low] as number) - turnedIm;
        re[low] = (re[low] as number) + turnedRe;
        im[low] = (im[low] as number) + turnedIm;
      }
    }
  }
}

/** What depends on the size alone. */
interface Tables {
  cosines: Float64Array;
  sines: Float64Array;
  /** Of each place, the one with its bits in reverse. */
  reversed: Uint32Array;
}

/** By size: powers of 2, and the search bounds the largest. */
const tables: Map<number, Tables> = new Map();

function tablesOf(size: number): Tables {
  const known = tables.get(size);
  if (known !== undefined) return known;
  const cosines = new Float64Array(size / 2);
  const sines = new Float64Array(size / 2);
  for (let index = 0; index < size / 2; index += 1) {
    cosines[index] = Math.cos((2 * Math.PI * index) / size);
    sines[index] = Math.sin((2 * Math.PI * index) / size);
  }
  const reversed = new Uint32Array(size);
  for (let index = 1; index < size; index += 1) {
    reversed[index] = ((reversed[index >> 1] as number) >> 1) | ((index & 1) === 1 ? size >> 1 : 0);
  }
  const made = { cosines, sines, reversed };
  tables.set(size, made);
  return made;
}

function reorder(re: Float64Array, im: Float64Array, reversed: Uint32Array): void {
  for (let index = 1; index < re.length; index += 1) {
    const other = reversed[index] as number;
    if (index >= other) continue;
    const [a, b] = [re[index] as number, im[index] as number];
    re[index] = re[other] as number;
    im[index] = im[other] as number;
    re[other] = a;
    im[other] = b;
  }
}
