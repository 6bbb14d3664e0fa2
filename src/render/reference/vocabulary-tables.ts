import {
  AGGREGATES,
  AGGREGATES_OF,
  METRICS,
  type Metric,
  type MetricKind,
} from '../../core/derive/metrics.ts';
import { MODIFIERS } from '../../core/rules/conditions/condition.ts';
import { ACTIVITIES, DEFAULT_GROUP_BY, FIELDS, INBOUND_GROUP_BY } from '../../core/rules/fields.ts';
import { MEASUREMENTS } from '../../core/rules/measurements.ts';
import { UNITS } from '../../core/rules/quantity.ts';

const DATA_ABOUT = {
  event:
    'the first 20 of the other columns, texts up to 200 characters, as they were when the row came: an UPDATE of them is not seen (below)',
  log: 'the first 60 fields of the line, inner ones by their path (`data.req.method`), texts up to 200 characters',
};

/** The table of fields as docs/rules.md shows it, in Markdown. */
export function fieldReference(): string {
  const names = [...FIELDS.network.keys()].filter((name) =>
    ACTIVITIES.every((kind) => FIELDS[kind].has(name)),
  );
  const shared = new Set(names.filter((name) => name !== 'op'));
  const rows = [...FIELDS.network.values()].filter(({ name }) => shared.has(name));
  const lines = ['| activity | field | type | |', '| --- | --- | --- | --- |'];
  for (const field of rows) lines.push(`| every | \`${field.name}\` | ${field.type} | ${field.about} |`);
  for (const kind of ACTIVITIES) {
    for (const { name, type, choices, about } of FIELDS[kind].values()) {
      if (shared.has(name)) continue;
      const values = choices.length === 0 ? type : choices.join(', ');
      lines.push(`| ${kind} | \`${name}\` | ${values} | ${about} |`);
    }
    if (kind === 'event' || kind === 'log')
      lines.push(`| ${kind} | \`data.*\` | any | ${DATA_ABOUT[kind]} |`);
  }
  return lines.join('\n');
}

/** How findings are grouped where a rule does not say. */
export function groupReference(): string {
  const groups = ACTIVITIES.map((kind): [string, readonly string[]] => [kind, DEFAULT_GROUP_BY[kind]]);
  groups.splice(1, 0, ['network that is inbound', INBOUND_GROUP_BY]);
  return groups
    .map(([what, names]) => `${what}: ${names.map((name) => `\`${name}\``).join(', ')}`)
    .join('; ');
}

/** The table of metrics as docs/rules.md shows it, in Markdown. */
export function metricReference(): string {
  const rows = [...METRICS.values()].map(
    (metric) =>
      `| \`${metric.name}\` | ${unitOf(metric)} | ${AGGREGATES_OF[metric.kind].join(' ')} | ${metric.collectors.join(', ')} | ${metric.about} |`,
  );
  return ['| metric | unit | aggregates | collector | |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The table of measurements, in Markdown. */
export function measurementReference(): string {
  const rows = [...MEASUREMENTS.values()].map(
    (one) => `| \`${one.name}\` | ${unitOf(one)} | ${one.statistics.join(' ')} | ${one.about} |`,
  );
  return ['| measurement | unit | statistics | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function unitOf({ dimension }: Pick<Metric, 'dimension'>): string {
  return dimension.perSecond ? `${dimension.quantity} per second` : dimension.quantity;
}

const MODIFIER_ABOUT: Readonly<Record<string, string>> = {
  contains: 'the value is a part of the text',
  startswith: 'the text begins with the value',
  endswith: 'the text ends with the value',
  re: 'a regular expression of RE2, anywhere in the text; case matters; matched in linear time, so that references back and looking around are errors',
  cidr: 'a network, for addresses: `10.0.0.0/8`, `fd00::/8`',
  gt: 'more than; for numbers, and times such as `2026-05-01T08:00:00Z`',
  gte: 'at least',
  lt: 'less than',
  lte: 'at most',
  exists: '`true` or `false`: whether a value is known',
  all: 'after another one: all of the list, not one of it; needs two at least',
};

/** The modifiers of a field, in Markdown. */
export function modifierReference(): string {
  const rows = MODIFIERS.map((name) => `| \`${name}\` | ${MODIFIER_ABOUT[name] ?? ''} |`);
  return ['| modifier | |', '| --- | --- |', ...rows].join('\n');
}

const AGGREGATE_ABOUT: Readonly<Record<string, string>> = {
  mean: 'weighed by time',
  max: 'of all looks: what a level was between two of them is in none',
  min: 'of all looks',
  p50: 'median of the looks, by nearest rank',
  p90: 'of the looks, by nearest rank',
  p95: 'of the looks, by nearest rank',
  p99: 'of the looks, by nearest rank',
  sum: 'what came together in the window',
  rate: 'that per second: of an amount what came, of a level last less first',
  delta: 'of an amount what came, of a level last less first',
};

/** The aggregates, and which metrics have them, in Markdown. */
export function aggregateReference(): string {
  const kinds = Object.keys(AGGREGATES_OF) as MetricKind[];
  const rows = AGGREGATES.map((name) => {
    const whose = kinds
      .filter((kind) => AGGREGATES_OF[kind].includes(name))
      .map((kind) => METRIC_KINDS[kind]);
    return `| \`${name}\` | ${whose.join(', ')} | ${AGGREGATE_ABOUT[name] ?? ''} |`;
  });
  return ['| aggregate | of | |', '| --- | --- | --- |', ...rows].join('\n');
}

const METRIC_KINDS: Readonly<Record<MetricKind, string>> = {
  intensity: 'intensities',
  gauge: 'levels',
  counter: 'amounts',
};

/** The units of each quantity, in Markdown. */
export function unitReference(): string {
  const rows = Object.entries(UNITS).map(([quantity, units]) => {
    const names = Object.keys(units).map((name) => `\`${name}\``);
    return `| ${quantity} | ${names.length === 0 ? 'none' : names.join(' ')} |`;
  });
  return ['| quantity | units |', '| --- | --- |', ...rows].join('\n');
}
