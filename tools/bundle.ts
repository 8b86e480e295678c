/** Bundles the command line into `cli/bundle/`, which is what is published and what `cli/bin` starts. */
import fs from 'node:fs';
import path from 'node:path';
import { bundleProgram } from './bundle-program.ts';

const folder = path.resolve(import.meta.dirname, '../cli/bundle');
const beside = fs.mkdtempSync(`${folder}-`);
const files = await bundleProgram('cli', beside);
// Whoever starts the command line meanwhile finds the old bundle or the new one.
fs.rmSync(folder, { recursive: true, force: true });
fs.renameSync(beside, folder);
fs.writeFileSync(1, `Bundled the command line: ${files} files.\n`);
