/** Where the run folders go, and are looked for, where nobody says otherwise. */
export const DEFAULT_OUT = 'reports';
