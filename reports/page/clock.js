const DAY = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Steps of the axis in seconds; each is a whole part of the next round time. */
const CLOCK_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200,
];

function dayOf(date) {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/**
 * The plots count in local seconds since the midnight before the window: round ones are round times of the host's clock.
 * `offset` makes them from the data's seconds since the opening.
 */
function makeClock({ originMs, utcOffsetMinutes, shown }) {
  const localMs = originMs + Math.trunc(utcOffsetMinutes) * 60_000;
  const offset = (localMs / 1000) % DAY;
  const midnightMs = localMs - offset * 1000;
  const whole = { min: shown.from + offset, max: Math.max(shown.to, shown.from + 0.01) + offset };
  const dateOf = (seconds) => new Date(Math.round(midnightMs + seconds * 1000));

  /** `14:03`, `14:03:20`, `14:03:20.5`; `15 Nov` at a midnight. */
  function label(seconds, step) {
    const date = dateOf(seconds);
    const text = date.toISOString().slice(11, 23);
    if (step < 0.1) return text.slice(0, step < 0.01 ? 12 : 11);
    if (step < 60) return text.slice(0, step < 1 ? 10 : 8);
    return seconds % DAY === 0 && (seconds !== 0 || step >= DAY) ? dayOf(date) : text.slice(0, 5);
  }

  /** A time for a readout, as fine as a pixel of the view; with its day where there are several. */
  function moment(seconds, view) {
    const day = whole.max - whole.min > DAY ? `${dayOf(dateOf(seconds))} ` : '';
    return day + label(seconds, view.max - view.min < 300 ? 0.1 : 1);
  }

  return { offset, whole, label, moment };
}
