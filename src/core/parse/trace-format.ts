/** One field of a trace event, as its `format` file describes it. */
export interface TraceField {
  offset: number;
  size: number;
  signed: boolean;
  /**
   * A text of variable length: the field itself holds its place, 16 bits of offset and 16 of length. The offset counts
   * from the record's beginning, or, where it is `relative`, from the field's own end.
   */
  dataLoc: 'absolute' | 'relative' | null;
}

/** Layout of a trace event's records in the running kernel. */
export interface TraceFormat {
  /** What `common_type` of a record says. */
  id: number;
  fields: ReadonlyMap<string, TraceField>;
}

/** Layout of a page of the ring buffer, as tracefs' `events/header_page` describes it. */
export interface TracePageHeader {
  timestampOffset: number;
  commitOffset: number;
  /** Size of the kernel's `long`. */
  commitBytes: number;
  dataOffset: number;
  /** The whole page, header and data. */
  pageBytes: number;
}

const FIELD =
  /^\s*field:\s*(?<declaration>.+?);\s*offset:(?<offset>\d+);\s*size:(?<size>\d+);(?:\s*signed:(?<signed>[01]);)?/;
const NAME = /(?<name>\w+)(?:\[[^\]]*\])?$/;

/** Parses `events/<group>/<name>/format` of tracefs; see Documentation/trace/events.rst of the kernel. Throws where it is none. */
export function parseTraceFormat(text: string): TraceFormat {
  const id = /^ID: (\d+)$/m.exec(text)?.[1];
  const fields = parseFields(text);
  if (id === undefined || fields.size === 0) throw new Error('not a format of a trace event');
  return { id: Number(id), fields };
}

/** Parses `events/header_page` of tracefs. Throws where it is none. */
export function parseTracePageHeader(text: string): TracePageHeader {
  const fields = parseFields(text);
  const [timestamp, commit, data] = ['timestamp', 'commit', 'data'].map((name) => fields.get(name));
  if (timestamp === undefined || commit === undefined || data === undefined || timestamp.size !== 8) {
    throw new Error('not a header_page of a trace buffer');
  }
  return {
    timestampOffset: timestamp.offset,
    commitOffset: commit.offset,
    commitBytes: commit.size,
    dataOffset: data.offset,
    pageBytes: data.offset + data.size,
  };
}

function parseFields(text: string): Map<string, TraceField> {
  const fields = new Map<string, TraceField>();
  for (const line of text.split('\n')) {
    const { declaration = '', offset, size, signed } = FIELD.exec(line)?.groups ?? {};
    const name = NAME.exec(declaration)?.groups?.['name'];
    if (name === undefined) continue;
    fields.set(name, {
      offset: Number(offset),
      size: Number(size),
      signed: signed === '1',
      dataLoc: dataLocOf(declaration),
    });
  }
  return fields;
}

function dataLocOf(declaration: string): TraceField['dataLoc'] {
  if (declaration.startsWith('__data_loc ')) return 'absolute';
  return declaration.startsWith('__rel_loc ') ? 'relative' : null;
}
