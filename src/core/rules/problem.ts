/** Keys and indices that lead to something in a document. */
export type Path = readonly (string | number)[];

/** Something wrong in a document, by its path; the reader of the document turns the path into a line and a column. */
export interface Problem {
  path: (string | number)[];
  message: string;
  /** Whether the key or the value at the path is to blame; the value where left out. */
  at?: 'key' | 'value';
  /** The bad value, and what it could have been, for a suggestion. */
  value?: string;
  candidates?: readonly string[];
}
