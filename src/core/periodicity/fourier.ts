/**
 * Discrete Fourier transform in place, radix 2 (Cooley and Tukey 1965), with a positive exponent.
 * @param re real parts, as many as a power of 2; `im` likewise
 */
export function fourier(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  reverseBits(re, im);
  const cosines = new Float64Array(size / 2);
  const sines = new Float64Array(size / 2);
  for (let index = 0; index < size / 2; index += 1) {
    cosines[index] = Math.cos((2 * Math.PI * index) / size);
    sines[index] = Math.sin((2 * Math.PI * index) / size);
  }
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

function reverseBits(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  let reversed = 0;
  for (let index = 1; index < size; index += 1) {
    let bit = size >> 1;
    while ((reversed & bit) !== 0) {
      reversed ^= bit;
      bit >>= 1;
    }
    reversed |= bit;
    if (index >= reversed) continue;
    [re[index], re[reversed]] = [re[reversed] as number, re[index] as number];
    [im[index], im[reversed]] = [im[reversed] as number, im[index] as number];
  }
}
