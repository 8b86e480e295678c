/** Results as a picture: every ratio that has a bound, as a bar on a logarithmic scale, with the bound as a line. */
import { type Row, verdictOf } from './benchmark.ts';
import type { Circumstances, Result } from './present.ts';

const WIDTH = 920;
const LABELS = 400;
const LINE = 22;
const HEADING = 34;
const TOP = 58;
const [LEAST, MOST] = [0.1, 100];

const STYLE = `
text{font:13px system-ui,sans-serif;fill:#1d2330}
.heading{font-weight:600}.value,.tick{font-size:12px;fill:#5a6376}
.grid{stroke:#d7dbe3}.bound{stroke:#1d2330;stroke-width:2}
.met{fill:#2f7d5b}.missed{fill:#b4532a}
@media (prefers-color-scheme:dark){text{fill:#e7eaf0}.value,.tick{fill:#a3abbd}.grid{stroke:#333a4a}.bound{stroke:#e7eaf0}.met{fill:#5cb893}.missed{fill:#e2875c}}
`;

/** An SVG 1.1 document for both colour schemes, without scripts and fonts; ends with a line feed. */
export function drawResults(results: readonly Result[], { node, platform, cores }: Circumstances): string {
  const groups = results
    .map(({ benchmark, rows }) => ({
      benchmark,
      rows: rows.filter((row) => row.unit === 'x' && row.bound !== undefined),
    }))
    .filter(({ rows }) => rows.length > 0);
  const parts: string[] = [];
  let y = TOP;
  for (const { benchmark, rows } of groups) {
    parts.push(text({ at: [8, y + 20], content: benchmark, name: 'heading' }));
    y += HEADING;
    for (const row of rows) {
      parts.push(bar(row, y));
      y += LINE;
    }
  }
  const title = 'Ratios against their bounds';
  const about = `Median ratios; shorter is better, the line is the bound. Node.js ${node}, ${platform}, ${cores} cores.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 12}" role="img" aria-labelledby="title about">
<title id="title">${title}</title>
<desc id="about">${escape(about)}</desc>
<style>${STYLE}</style>
${text({ at: [8, 22], content: about, name: 'value' })}
${grid(y)}
${parts.join('\n')}
</svg>
`;
}

function bar(row: Row, y: number): string {
  const { name, value, bound = 0 } = row;
  const word = verdictOf(row) === 'met' ? 'met' : 'missed';
  const end = at(value);
  return [
    text({ at: [LABELS - 10, y + 12], content: name, anchor: 'end' }),
    `<rect class="${word}" x="${at(LEAST)}" y="${y}" width="${(end - at(LEAST)).toFixed(1)}" height="15"/>`,
    `<line class="bound" x1="${at(bound)}" x2="${at(bound)}" y1="${y - 2}" y2="${y + 17}"/>`,
    text({ at: [Math.max(end, at(bound)) + 6, y + 12], content: `${value.toFixed(2)}, bound ${bound}`, name: 'value' }),
  ].join('\n');
}

function grid(bottom: number): string {
  return [0.1, 0.5, 1, 2, 5, 10, 50, 100]
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
  return Number((LABELS + share * (WIDTH - LABELS - 130)).toFixed(1));
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
