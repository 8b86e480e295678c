/**
 * Results as a picture. Above, what grows with a registry: each ratio that was measured at several sizes, from small to large.
 * Below, every other ratio that has a bound, as a bar with the bound as a line, and what others do the same in. All on one logarithmic scale.
 */
import { type Row, verdictOf } from './benchmark.ts';
import { type Growth, growthsOf } from './growth.ts';
import type { ResultsDocument } from './present.ts';

const WIDTH = 980;
const LABELS = 430;
const LINE = 22;
const HEADING = 34;
const TOP = 84;
const VALUES = 150;
const [LEAST, MOST] = [0.1, 1000];

/** In which there is nothing but the others to be held against. */
const SIDE_BY_SIDE = new Set(['peers']);

const STYLE = `
text{font:13px system-ui,sans-serif;fill:#1d2330}
.heading{font-weight:600}.value,.tick{font-size:12px;fill:#5a6376}
.grid{stroke:#d7dbe3}.bound{stroke:#1d2330;stroke-width:2}.growth{stroke:#8a93a6;stroke-width:2}
.met{fill:#2f7d5b}.missed{fill:#b4532a}.free{fill:#5a7fb0}
@media (prefers-color-scheme:dark){svg{background:#12151c}text{fill:#e7eaf0}.value,.tick{fill:#a3abbd}.grid{stroke:#333a4a}.bound{stroke:#e7eaf0}.met{fill:#5cb893}.missed{fill:#e2875c}.free{fill:#86a9d8}}
`;

/** An SVG 1.1 document for both colour schemes, without scripts and fonts; ends with a line feed. */
export function drawResults({ benchmarks, node, platform, cores }: ResultsDocument): string {
  const parts: string[] = [];
  let y = TOP;
  const group = (heading: string, lines: readonly ((y: number) => string)[]): void => {
    if (lines.length === 0) return;
    parts.push(text({ at: [8, y + 20], content: heading, name: 'heading' }));
    y += HEADING;
    for (const line of lines) {
      parts.push(line(y));
      y += LINE;
    }
  };
  const drawn = benchmarks.map(({ benchmark, rows }) => ({
    benchmark,
    growths: growthsOf(rows.filter(({ unit }) => unit === 'x')),
  }));
  for (const { benchmark, growths } of drawn)
    group(
      sizesText(benchmark, growths),
      growths.filter(isGrowth).map((growth) => (top) => dots(growth, top)),
    );
  for (const { benchmark, growths } of drawn)
    group(
      benchmark,
      growths
        .flatMap((growth) => (isGrowth(growth) ? [] : growth.rows))
        .filter(({ bound }) => bound !== undefined || SIDE_BY_SIDE.has(benchmark))
        .map((row) => (top) => bar(row, top)),
    );
  const title = 'Ratios against their bounds, and how they grow';
  const about = `Median ratios; less is better, the upright line is the bound. Node.js ${node}, ${platform}, ${cores} cores.`;
  const legend = 'Dots: the same thing at registries of the sizes named, small to large. Bars: what has no size.';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 12}" role="img" aria-labelledby="title about">
<title id="title">${title}</title>
<desc id="about">${escape(`${about} ${legend}`)}</desc>
<style>${STYLE}</style>
${text({ at: [8, 22], content: about, name: 'value' })}
${text({ at: [8, 42], content: legend, name: 'value' })}
${grid(y)}
${parts.join('\n')}
</svg>
`;
}

function isGrowth({ rows }: Growth): boolean {
  return rows.length > 1;
}

function sizesText(benchmark: string, growths: readonly Growth[]): string {
  const sizes = new Set(growths.filter(isGrowth).flatMap(({ rows }) => rows.map(({ plugins = 0 }) => plugins)));
  const texts = [...sizes].toSorted((a, b) => a - b).map((size) => size.toLocaleString('en'));
  return `${benchmark}: ${texts.join(', ')} plugins`;
}

/** Smaller for a smaller registry. */
function dots({ name, rows }: Growth, y: number): string {
  const places = rows.map((row, index) => ({ row, x: at(row.value), radius: 3 + (index * 3.5) / (rows.length - 1) }));
  const middle = y + 8;
  const all = places.map(({ x }) => x);
  const values = rows.map(({ value }) => short(value)).join(' → ');
  const bound = rows.find((row) => row.bound !== undefined)?.bound;
  const told = bound === undefined ? values : `${values}; bound ${bound}`;
  return [
    text({ at: [LABELS - 10, y + 12], content: name, anchor: 'end' }),
    `<line class="growth" x1="${Math.min(...all)}" x2="${Math.max(...all)}" y1="${middle}" y2="${middle}"/>`,
    ...(bound === undefined ? [] : [boundLine(bound, y)]),
    ...places.map(
      ({ row, x, radius }) => `<circle class="${wordOf(row)}" cx="${x}" cy="${middle}" r="${radius.toFixed(1)}"/>`,
    ),
    text({ at: [Math.max(...all, at(bound ?? LEAST)) + 12, y + 12], content: told, name: 'value' }),
  ].join('\n');
}

function bar(row: Row, y: number): string {
  const { name, value, bound } = row;
  const end = at(value);
  const told = bound === undefined ? short(value) : `${short(value)}; bound ${bound}`;
  return [
    text({ at: [LABELS - 10, y + 12], content: name, anchor: 'end' }),
    `<rect class="${wordOf(row)}" x="${at(LEAST)}" y="${y}" width="${(end - at(LEAST)).toFixed(1)}" height="15"/>`,
    ...(bound === undefined ? [] : [boundLine(bound, y)]),
    text({ at: [Math.max(end, at(bound ?? LEAST)) + 6, y + 12], content: told, name: 'value' }),
  ].join('\n');
}

function boundLine(bound: number, y: number): string {
  return `<line class="bound" x1="${at(bound)}" x2="${at(bound)}" y1="${y - 2}" y2="${y + 17}"/>`;
}

function wordOf(row: Row): 'met' | 'missed' | 'free' {
  const verdict = verdictOf(row);
  if (verdict === undefined) return 'free';
  return verdict === 'met' ? 'met' : 'missed';
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

function grid(bottom: number): string {
  return [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 500]
    .map((value) => {
      const x = at(value);
      return `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/>\n${text({ at: [x, TOP - 14], content: `${value}×`, name: 'tick', anchor: 'middle' })}`;
    })
    .join('\n');
}

/** Where a ratio lies; what is off the scale lies at its end. */
function at(value: number): number {
  const clamped = Math.min(Math.max(value, LEAST), MOST);
  const share = Math.log(clamped / LEAST) / Math.log(MOST / LEAST);
  return Number((LABELS + share * (WIDTH - LABELS - VALUES)).toFixed(1));
}

interface Text {
  readonly at: readonly [x: number, y: number];
  readonly content: string;
  readonly name?: 'heading' | 'value' | 'tick';
  readonly anchor?: 'middle' | 'end';
}

function text({ at: [x, y], content, name, anchor }: Text): string {
  const more = `${name === undefined ? '' : ` class="${name}"`}${anchor === undefined ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${x}" y="${y}"${more}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
