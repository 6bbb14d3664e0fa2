import type { KernelRecord } from '../../../model/kernel-record.ts';
import type { TraceField, TraceFormat } from '../trace-format.ts';

/** What a decoder is handed of each record. `offset` and `length` are those of its bytes in the page. */
export interface RecordHead {
  page: DataView;
  offset: number;
  length: number;
  atNs: number;
  tid: number;
  context: KernelRecord['context'];
}

/** Decodes one record: null where it is none of those that we want, undefined where its bytes make no sense. */
export type Decode = (head: RecordHead) => KernelRecord | null | undefined;

/** Finds a decoder's fields in the format of the running kernel, before the first record comes. */
export class RecordFields {
  readonly #format: TraceFormat;
  /** A record must be at least so long for all fields that were asked for. */
  minLength = 0;

  constructor(format: TraceFormat) {
    this.#format = format;
  }

  /** Offset of a field that must be there, and be of this size; throws what is wrong. */
  at(name: string, size: number): number {
    const field = this.#field(name);
    if (field.dataLoc !== null || field.size !== size) {
      throw new Error(`its field ${name} has ${field.size} bytes instead of ${size}`);
    }
    return this.#reach(field);
  }

  /** Null where this kernel does not have the field. */
  atIfThere(name: string, size: number): number | null {
    return this.#format.fields.has(name) ? this.at(name, size) : null;
  }

  /** Offset of a whole number that has 4 bytes or, as arguments of system calls, more: its low 4 bytes. */
  low32(name: string): number {
    const field = this.#field(name);
    if (field.dataLoc !== null || field.size < 4) throw new Error(`its field ${name} is too short`);
    return this.#reach(field);
  }

  /** Where a text of variable length is described, and from where its offset counts. */
  text(name: string): { at: number; from: number } {
    const field = this.#field(name);
    if (field.dataLoc === null || field.size !== 4) throw new Error(`its field ${name} is no text`);
    const at = this.#reach(field);
    return { at, from: field.dataLoc === 'relative' ? at + 4 : 0 };
  }

  #field(name: string): TraceField {
    const field = this.#format.fields.get(name);
    if (field === undefined) throw new Error(`it has no field ${name}`);
    return field;
  }

  #reach(field: TraceField): number {
    this.minLength = Math.max(this.minLength, field.offset + field.size);
    return field.offset;
  }
}
