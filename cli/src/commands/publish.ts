import path from 'node:path';
import { hideCredentials } from '@ar-registry/core/text';
import { nameWithin, packPlugin } from '@ar-registry/io/package-folder';
import { readSource, submitVersion } from '@ar-registry/io/publish';
import { checkTag, findRemote, findPublisher } from '../author/publish-settings.ts';
import { tellPacked } from '../author/tell-packed.ts';
import { defineCommand } from '../command.ts';
import { presentFindings } from '../present/findings.ts';

export const publish = defineCommand({
  name: 'publish',
  summary: 'Submit a version of a plugin to the registry.',
  details: [
    'Checks and packs the plugin, and pushes a branch with its record and archive to the repository of the index, where it is checked again and merged.',
    'Interrupted at any moment, run it again: it goes on, and submits nothing twice. Nothing in the folder changes but ar-deps.lock.json.',
    'Who publishes is --as, AR_PUBLISHER or the git setting ar.publisher; the index is --index or AR_INDEX.',
  ],
  examples: [
    { command: 'publish ./my-plugin --index https://example.com/index.git --as your-login:12345', does: 'submits it' },
    { command: 'publish ./my-plugin --tag beta', does: 'for those who ask for the tag beta' },
    { command: 'publish ./my-plugin --dry-run', does: 'does everything but the push' },
  ],
  options: {
    index: { type: 'string', value: 'REMOTE', summary: 'git address or folder of the index (AR_INDEX)' },
    as: { type: 'string', value: 'LOGIN:ID', summary: 'GitHub login and numeric id (AR_PUBLISHER)' },
    tag: { type: 'string', value: 'TAG', summary: 'dist-tag to move to this version' },
    store: { type: 'string', value: 'FOLDER', summary: 'keep the archive there and not in the index' },
    'dry-run': { type: 'boolean', summary: 'do everything but the push' },
  },
  positionals: { folder: { summary: 'folder of the plugin', optional: true } },
  async run({ values, args: { folder = '.' } }, context) {
    const { cwd, signal, output, now } = context;
    const { tag } = values;
    checkTag(tag);
    const dir = path.resolve(cwd, folder);
    const { remote, given } = await findRemote(values.index, context);
    const publisher = await findPublisher(values.as, dir, context);
    const packed = await output.during('Packing', () => packPlugin(dir, { nameOf: nameWithin(folder), signal }));
    tellPacked(packed, folder, output);
    const { manifest, archive } = packed;
    const source = await readSource(dir, signal);
    const store = values.store === undefined ? undefined : path.resolve(cwd, values.store);
    const submitted = await output.during('Submitting', () =>
      submitVersion(
        { manifest, archive, source, publisher, tag, now: now() },
        { remote, store, dryRun: values['dry-run'], signal },
      ),
    );
    for (const line of presentFindings(submitted.findings)) output.note(line);
    return { manifest, integrity: archive.integrity, source, submitted, remote: hideCredentials(given) };
  },
});
