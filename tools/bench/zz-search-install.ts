import fs from 'node:fs';
import path from 'node:path';
import { bundleParts } from '../binary/bundle-parts.ts';
import { compile, ownTarget } from '../binary/compile.ts';
import { bundleProgram } from '../bundle-program.ts';
const [label = '', isBinary] = process.argv.slice(2);
const source = '/work/main/cli';
const folder = path.join(source, `bundle-bench-search-${label}`);
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder);
fs.cpSync(path.join(source, 'bin'), path.join(folder, 'bin'), { recursive: true });
fs.copyFileSync(path.join(source, 'package.json'), path.join(folder, 'package.json'));
await bundleProgram('cli', path.join(folder, 'bundle'));
if (isBinary) {
  const out = `/tmp/search/binary-${label}`;
  const target = ownTarget();
  if (target) compile({ folder: `${out}/parts`, names: await bundleParts(`${out}/parts`) }, target, `${out}/ar`);
}
