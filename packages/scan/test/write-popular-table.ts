/**
 * Writes docs/scan-of-popular-packages.md, and what was found into popular-packages.json, for a person to review:
 *
 *     node --conditions=ar-source packages/scan/test/write-popular-table.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ScanReport } from '../src/index.ts';
import { fetchPackage, notable, scanUndeclared, type Reviewed } from './popular-packages.ts';

const LIST = new URL('popular-packages.json', import.meta.url);
const TABLE = new URL('../../../docs/scan-of-popular-packages.md', import.meta.url);

const HEAD = `<!-- Written by packages/scan/test/write-popular-table.ts. Do not edit. -->

# The scan of popular packages

What the static scan finds in forty packages that plugins are likely to use, each scanned by itself with nothing
declared. A plugin's own code would be refused for it; of a dependency it tells what the plugin has to declare.

Each file with dynamic code or processes was looked at by hand; a test holds that no other appears. “Code” is
\`eval\`, constructors of functions and modules that the code does not name; “processes” is what starts or controls them.
The other columns count places.

| package | code | processes | network | files | environment | other | remark |
| --- | --- | --- | --- | --- | --- | --- | --- |
`;

const reviewed = JSON.parse(await readFile(LIST, 'utf8')) as Readonly<Record<string, Reviewed>>;
const rows: string[] = [];
const found: Record<string, Reviewed> = {};
for (const [name, { version, remark }] of Object.entries(reviewed)) {
  const files = await fetchPackage(name, version);
  if (!files) throw new Error(`${name} cannot be fetched`);
  const report = await scanUndeclared(files);
  const code = notable(report, 'dynamic-code');
  const processes = notable(report, 'process');
  found[name] = { version, code, processes, ...(remark === undefined ? {} : { remark }) };
  rows.push(rowOf(`${name} ${version}`, report, { code, processes, remark }));
}
await writeFile(LIST, `${JSON.stringify(found, undefined, 2)}\n`);
await writeFile(fileURLToPath(TABLE), `${HEAD}${rows.join('\n')}\n`);

function rowOf(name: string, report: ScanReport, { code, processes, remark = '' }: Omit<Reviewed, 'version'>): string {
  const count = (...categories: readonly string[]): string => {
    const places = report.findings.filter(({ category }) => categories.includes(category)).length;
    return places === 0 ? '' : String(places);
  };
  const cells = [
    name,
    code.join('<br>'),
    processes.join('<br>'),
    count('network'),
    count('filesystem'),
    count('environment'),
    count('worker', 'native', 'prototype', 'obfuscation', 'install-script'),
    remark,
  ];
  return `| ${cells.join(' | ')} |`;
}
