import { isError } from '@ar-registry/core/findings';
import { inspectTarget } from '@ar-registry/io/package-folder';
import { defineCommand } from '../command.ts';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check a plugin as the registry will.',
  details: [
    'A folder is checked as it would be packed: the manifest, and the package around it. An archive is read in full without unpacking it. A manifest alone is checked alone.',
    'All that is wrong is told at once. Exits with 1 if there is an error; warnings do not count.',
  ],
  examples: [
    { command: 'validate ./my-plugin', does: 'a folder, before publishing it' },
    { command: 'validate my-plugin-1.0.0.tgz', does: 'an archive' },
    { command: 'validate ar-plugin.yaml --json', does: 'a manifest alone, for a script' },
  ],
  options: {},
  positionals: { target: { summary: 'folder, archive or ar-plugin.yaml', optional: true } },
  async run({ args: { target = '.' } }, { cwd, signal, output }) {
    const { manifest, findings } = await output.during('Checking', () => inspectTarget(target, { cwd, signal }));
    const subject = manifest ? `${manifest.name}@${manifest.version}` : target;
    return { subject, findings, ok: !findings.some(isError) };
  },
});
