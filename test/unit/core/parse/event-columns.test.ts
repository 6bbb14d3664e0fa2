import { describe, expect, it } from 'vitest';
import { findEventColumns, type TableColumn } from '../../../../src/core/parse/event-columns.ts';

const column = (
  name: string,
  cells: TableColumn['cells'] = [],
  more: Partial<TableColumn> = {},
): TableColumn => ({
  name,
  declaredType: '',
  primaryKey: 0,
  cells,
  ...more,
});

describe('findEventColumns', () => {
  it('finds the usual ones by name, without regard to case', () => {
    const columns = [
      column('ID', [1], { primaryKey: 1 }),
      column('Event_Type'),
      column('Created_At'),
      column('name'),
    ];
    expect(findEventColumns(columns, {})).toEqual({
      id: 'ID',
      type: 'Event_Type',
      time: 'Created_At',
      timeFormat: null,
    });
  });

  it('believes what a column holds rather than what it is called', () => {
    const columns = [
      column('timestamp', ['not a time']),
      column('date', ['2026-11-20 12:00:00', null]),
      column('event', ['{"type":"tool_run"}']),
      column('kind', ['tool_run']),
    ];
    const format = { kind: 'text' };
    expect(findEventColumns(columns, {})).toEqual({
      id: null,
      type: 'kind',
      time: 'date',
      timeFormat: format,
    });
  });

  it('takes a column for the time where most of its cells are times', () => {
    const mostly = ['2026-11-20 12:00:00', 1795178096, 'soon', null];
    const columns = [column('type'), column('created_at', mostly), column('date', [1795178096])];
    expect(findEventColumns(columns, {})).toMatchObject({ time: 'created_at' });
    const seldom = [column('type'), column('created_at', [1795178096, 'soon', 'later']), column('date')];
    expect(findEventColumns(seldom, {})).toMatchObject({ time: 'date' });
  });

  it('keeps those that it has found before as long as all of them are there', () => {
    const known = { id: null, type: 'name', time: 'ts', timeFormat: { kind: 'text' } } as const;
    const better = [column('type'), column('created_at'), column('id', [], { primaryKey: 1 })];
    const columns = [column('name'), column('ts', [1795178096]), ...better];
    expect(findEventColumns(columns, {}, known)).toEqual({
      ...known,
      timeFormat: { kind: 'epoch', unit: 's' },
    });
    expect(findEventColumns([column('name'), column('ts')], {}, known)).toEqual(known);
    expect(findEventColumns([column('name'), ...better], {}, known)).toMatchObject({ time: 'created_at' });
  });

  it('falls back to a column declared as a time', () => {
    const columns = [column('type'), column('zeit', [1795178096], { declaredType: 'DATETIME' })];
    expect(findEventColumns(columns, {})).toMatchObject({
      time: 'zeit',
      timeFormat: { kind: 'epoch', unit: 's' },
    });
  });

  it('takes named ones as they are, and rowid without a column of that name', () => {
    const columns = [column('type'), column('what'), column('when')];
    const named = { id: 'rowid', type: 'what', time: 'when' };
    expect(findEventColumns(columns, named)).toEqual({
      id: null,
      type: 'what',
      time: 'when',
      timeFormat: null,
    });
  });

  it.each([
    [
      ['tpye', 'at'],
      {},
      'no column looks like the event type; name one in columns.type. Columns: tpye, at. The nearest is «tpye».',
    ],
    [
      ['type', 'event_type'],
      {},
      '«type» and «event_type» could each be the event type; name one in columns.type. Columns: type, event_type.',
    ],
    [
      ['type', 'created_at'],
      { time: 'create_at' },
      'there is no column «create_at» (named for time); Columns: type, created_at. The nearest is «created_at».',
    ],
    [[], {}, 'no column looks like the event type; name one in columns.type. Columns: .'],
  ])('%j: says what is there', (names, named, problem) => {
    expect(
      findEventColumns(
        names.map((name) => column(name)),
        named,
      ),
    ).toEqual({ problem });
  });
});
