import type { Proof } from '../model/proof.ts';

/** The proof itself, indented, with a line break at the end. */
export const renderJson = (proof: Proof): string => `${JSON.stringify(proof, null, 2)}\n`;
