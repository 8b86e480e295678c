/** Results as tables of a document in Markdown, each in the place that is marked for it. */
import { type Row, verdictOf } from './benchmark.ts';
import { growthsOf } from './growth.ts';
import { numberText, type ResultsDocument } from './present.ts';

const PLACE = /<!-- results: ([\w -]+?) -->\n[\s\S]*?<!-- end of results -->/g;

/** Between `<!-- results: search -->` and `<!-- end of results -->`. What is not in the results says so. */
export function fillTables(markdown: string, document: ResultsDocument): string {
  return markdown.replaceAll(PLACE, (_all, name: string) => {
    const text = (SUMMARIES[name] ?? tableOf)(document, name);
    return `<!-- results: ${name} -->\n\n${text}\n\n<!-- end of results -->`;
  });
}

/** What is of all benchmarks together. */
const SUMMARIES: Readonly<Record<string, (document: ResultsDocument) => string>> = {
  circumstances,
  'not met': unmet,
};

function circumstances({ node, platform, cores, rounds, benchmarks }: ResultsDocument): string {
  const bounded = benchmarks.flatMap(({ rows }) => rows).filter(({ bound }) => bound !== undefined);
  const met = bounded.filter((row) => verdictOf(row) === 'met').length;
  return `Node.js ${node}, ${platform}, ${cores} cores, ${rounds} rounds or fewer: ${met} of ${bounded.length} bounds met.`;
}

/** Every row above its bound, and what the standalone binary takes for the same. */
function unmet({ benchmarks }: ResultsDocument): string {
  const cells = benchmarks.flatMap(({ benchmark, rows }) =>
    rows
      .filter((row) => verdictOf(row) === 'not met')
      .map((row) => {
        const binary = rows.find(({ name, plugins }) => name === `${row.name}, binary` && plugins === row.plugins);
        const size = row.plugins?.toLocaleString('en') ?? '';
        return [`${benchmark}: ${row.name}`, size, valueText(row), boundText(row), binary ? valueText(binary) : ''];
      }),
  );
  return cells.length === 0 ? 'Nothing.' : alignTable([['', 'plugins', 'median', 'at most', 'binary'], ...cells]);
}

function tableOf({ benchmarks }: ResultsDocument, name: string): string {
  const rows = benchmarks.find(({ benchmark }) => benchmark === name)?.rows ?? [];
  const told = rows.filter((row) => row.name !== 'node -e 0');
  if (told.length === 0) return 'Not in the last whole run.';
  const sized = told.filter(({ plugins }) => plugins !== undefined);
  const single = told.filter(({ plugins }) => plugins === undefined);
  return [single.length > 0 ? [plainTable(single)] : [], sized.length > 0 ? [sizedTable(sized)] : []]
    .flat()
    .join('\n\n');
}

function plainTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.name, valueText(row), spreadText(row), boundText(row)]);
  return alignTable([['', 'median', 'middle half', 'at most'], ...cells]);
}

/** A column for each size, with the middle half where there is one. */
function sizedTable(rows: readonly Row[]): string {
  const sizes = [...new Set(rows.map(({ plugins = 0 }) => plugins))].toSorted((a, b) => a - b);
  const cells = growthsOf(rows).map(({ name, rows: own }) => [
    name,
    ...sizes.map((size) => {
      const row = own.find(({ plugins }) => plugins === size);
      return row ? [valueText(row), spreadText(row)].filter((text) => text !== '').join(' ') : '';
    }),
    boundText(own.find(({ bound }) => bound !== undefined)),
  ]);
  const heads = sizes.map((size) => `${size.toLocaleString('en')} plugins`);
  return alignTable([['', ...heads, 'at most'], ...cells]);
}

/** What is above its bound stands out. */
function valueText(row: Row): string {
  const text = row.unit === 'x' ? numberText(row.value) : `${numberText(row.value)} ${row.unit}`;
  return verdictOf(row) === 'not met' ? `**${text}**` : text;
}

function spreadText({ spread }: Row): string {
  return spread ? `(${spread.map((value) => numberText(value)).join(' to ')})` : '';
}

function boundText(row: Row | undefined): string {
  return row?.bound === undefined ? '' : numberText(row.bound);
}

/** As a formatter would leave it. @param lines the first one is the head; numbers are to the right */
function alignTable(lines: readonly (readonly string[])[]): string {
  const escaped = lines.map((cells) => cells.map((cell) => cell.replaceAll('|', String.raw`\|`)));
  const widths = (escaped[0] ?? []).map((_, at) => Math.max(3, ...escaped.map((cells) => (cells[at] ?? '').length)));
  const [head = '', ...rest] = escaped.map((cells) =>
    line(cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))),
  );
  const rule = line(widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [head, rule, ...rest].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
