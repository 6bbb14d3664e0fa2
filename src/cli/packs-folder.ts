import { fileURLToPath } from 'node:url';

/** The folder `rules/` of the installed package. */
export const PACKS_FOLDER: string = fileURLToPath(new URL('../../rules', import.meta.url));
