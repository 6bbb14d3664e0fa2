import { AGGREGATES_OF, METRICS, type Metric } from '../derive/metrics.ts';
import { MEASUREMENTS } from './measurements.ts';
import { ACTIVITIES, DEFAULT_GROUP_BY, FIELDS } from './fields.ts';

const DATA_ABOUT = {
  event: 'the first 20 of the other columns, texts up to 200 characters',
  log: 'what else the line says',
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
  return ACTIVITIES.map(
    (kind) => `${kind}: ${DEFAULT_GROUP_BY[kind].map((name) => `\`${name}\``).join(', ')}`,
  ).join('; ');
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

/** The table of measurements as docs/rules.md shows it, in Markdown. */
export function measurementReference(): string {
  const rows = [...MEASUREMENTS.values()].map(
    (one) => `| \`${one.name}\` | ${unitOf(one)} | ${one.statistics.join(' ')} | ${one.about} |`,
  );
  return ['| measurement | unit | statistics | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function unitOf({ dimension }: Pick<Metric, 'dimension'>): string {
  return dimension.perSecond ? `${dimension.quantity} per second` : dimension.quantity;
}
