import { ArError } from '@ar-registry/core/errors';
import { BUNDLE_FILE } from '@ar-registry/core/bundle';
import { defineCommand } from '../command.ts';

export const bundle = defineCommand({
  name: 'bundle',
  summary: 'Write plugins, and all that their installation needs, into one file for machines without a network.',
  details: [
    'The file is a tar with the archives, the documents and signatures of their registries, the proofs of their logs, what is known against versions, and the npm packages that the plugins depend on, for every system. Without names it holds what ar-plugins.lock names. The same lock and the same state of the registries give the same bytes.',
    'It is installed with `ar plugin install --from FILE`, which believes nothing of it: all of it is verified by the root that the machine trusts each registry by. The fingerprints are printed here; a machine that has never asked a registry is told its fingerprint first: `ar plugin registry add`.',
    'A plugin of a git repository, and an archive, go along as the lock pins them, and are installed where the lock is, too. A linked folder is not locked, so it cannot go; nor can what comes from a registry that signs nothing.',
  ],
  examples: [
    { command: 'bundle', does: `what the lock names, into ${BUNDLE_FILE}` },
    {
      command: 'bundle @ar/audit-logger @ar/webhook-bridge@^1 --out audit.tar',
      does: 'two plugins, without a project',
    },
  ],
  options: {
    lock: { type: 'boolean', summary: 'what ar-plugins.lock names, which is what happens without names' },
    out: { type: 'string', value: 'FILE', summary: 'where to write it', default: BUNDLE_FILE },
  },
  positionals: { plugins: { summary: 'names, with a version or range', optional: true, many: true } },
  async run({ values, args }, context) {
    if (values.lock && args.plugins.length > 0)
      throw new ArError('USAGE', {
        problem: '--lock and names of plugins exclude each other.',
        help: 'ar plugin bundle --help',
      });
    const { makeBundle } = await import('../bundle/make-bundle.ts');
    return makeBundle({ plugins: args.plugins, out: values.out }, context);
  },
});
