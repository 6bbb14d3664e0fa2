// How numbers are written on the axes and in the readouts. All scripts of the page become one, in the order of page-assets.ts.

const STEPS_OF_BYTES = ['B', 'kB', 'MB', 'GB', 'TB'];

function digits(value) {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
}

function bytes(value) {
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1000 && unit < STEPS_OF_BYTES.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${digits(scaled)} ${STEPS_OF_BYTES[unit]}`;
}

/** By plot. */
const SPELL = {
  cpu: (value) => `${digits(value)} %`,
  memory: bytes,
  wakeups: (value) => `${digits(value)}/s`,
  network: (value) => `${bytes(value)}/s`,
};
