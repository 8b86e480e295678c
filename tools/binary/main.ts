/**
 * Makes the standalone binaries, and the packages that bring them: `npm run build:binary`, for this system, and
 * `npm run build:binary -- --target linux-arm64 --target darwin-arm64`. See docs/decisions/022-standalone-binary.md.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleParts } from './bundle-parts.ts';
import { compile, ownTarget, type Target, TARGETS } from './compile.ts';
import { writeCliPackage, writePlatformPackage } from './packages.ts';

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    out: { type: 'string', default: path.join(root, 'build/npm') },
  },
});
const wanted = values.target ?? [ownTarget() ?? ''];
const targets = wanted.filter((name): name is Target => Object.hasOwn(TARGETS, name));
if (targets.length < wanted.length) {
  process.stderr.write(`--target is one of ${Object.keys(TARGETS).join(', ')}.\n`);
  process.exit(2);
}

const out = path.resolve(values.out);
const parts = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'ar-binary-'));
try {
  const names = await bundleParts(parts);
  for (const target of targets) {
    const folder = path.join(out, `cli-${target}`);
    fs.rmSync(folder, { recursive: true, force: true });
    const file = path.join(folder, target.startsWith('win32') ? 'ar.exe' : 'ar');
    compile({ folder: parts, names }, target, file);
    writePlatformPackage(folder, target);
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${Math.round(fs.statSync(file).size / 1e6)} MB\n`);
  }
  const cli = path.join(out, 'cli');
  fs.rmSync(cli, { recursive: true, force: true });
  writeCliPackage(cli, targets);
} finally {
  fs.rmSync(parts, { recursive: true, force: true });
}
