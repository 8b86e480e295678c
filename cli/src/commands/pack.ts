import path from 'node:path';
import { writeAtomically } from '@ar-registry/io/files';
import { nameWithin, packPlugin } from '@ar-registry/io/package-folder';
import { assertAcceptable } from '../author/check-contents.ts';
import { tellPacked } from '../author/tell-packed.ts';
import { defineCommand } from '../command.ts';

export const pack = defineCommand({
  name: 'pack',
  summary: 'Pack a plugin into an archive.',
  details: [
    'The same files give the same bytes, on any machine. npm dependencies are locked in ar-deps.lock.json, which is made once and kept in the folder; commit it.',
  ],
  examples: [
    { command: 'pack ./my-plugin', does: 'writes my-scope-my-plugin-1.0.0.tgz here' },
    { command: 'pack --out build/plugin.tgz', does: 'packs this folder into a file of your choice' },
  ],
  options: { out: { type: 'string', value: 'FILE', summary: 'where to write the archive' } },
  positionals: { folder: { summary: 'folder of the plugin', optional: true } },
  async run({ values, args: { folder = '.' } }, context) {
    const { cwd, signal, output } = context;
    const options = { nameOf: nameWithin(folder), signal };
    const packed = await output.during('Packing', () => packPlugin(path.resolve(cwd, folder), options));
    tellPacked(packed, folder, output);
    await assertAcceptable(packed, folder, context);
    const { manifest, archive } = packed;
    const file = values.out ?? `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`;
    await writeAtomically(path.resolve(cwd, file), archive.bytes);
    return { manifest, archive, file };
  },
});
