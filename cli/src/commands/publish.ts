import path from 'node:path';
import { nameWithin, packPlugin } from '@ar-registry/io/package-folder';
import { readSource, releaseUpload, submitVersion } from '@ar-registry/io/publish';
import { attachProvenance } from '../author/attach-provenance.ts';
import { assertAcceptable } from '../author/check-contents.ts';
import { openSubmissions } from '../author/open-submissions.ts';
import { withoutScope } from '../author/own-scope.ts';
import { checkTag } from '../author/publish-settings.ts';
import { tellPacked } from '../author/tell-packed.ts';
import { defineCommand } from '../command.ts';
import { presentFindings } from '../present/findings.ts';

export const publish = defineCommand({
  name: 'publish',
  summary: 'Submit a version of a plugin to the registry.',
  details: [
    'Checks and packs the plugin and proposes its record and archive to the index: by a pull request at GitHub (see: ar plugin login), by a branch at any other git remote. There it is checked again and merged.',
    'Interrupted at any moment, run it again: it goes on, and submits nothing twice. Nothing in the folder changes but ar-deps.lock.json.',
    'The index is --index, AR_INDEX, or what the registry says. Who publishes is whose token it is; on plain git it is --as, AR_PUBLISHER or the git setting ar.publisher.',
  ],
  examples: [
    { command: 'publish ./my-plugin', does: 'submits it' },
    { command: 'publish ./my-plugin --tag beta', does: 'for those who ask for the tag beta' },
    { command: 'publish ./my-plugin --dry-run', does: 'says what it would do' },
    { command: 'publish --provenance bundle.json', does: 'with proof of who built it, from which commit' },
    { command: 'publish --index https://example.com/index.git --as your-login:12345', does: 'by plain git' },
  ],
  options: {
    index: { type: 'string', value: 'REMOTE', summary: 'git address or folder of the index (AR_INDEX)' },
    as: { type: 'string', value: 'LOGIN:ID', summary: 'GitHub login and numeric id (AR_PUBLISHER)' },
    tag: { type: 'string', value: 'TAG', summary: 'dist-tag to move to this version' },
    provenance: { type: 'string', value: 'FILE', summary: 'Sigstore bundle of the workflow that built it' },
    store: { type: 'string', value: 'FOLDER', summary: 'keep the archive there and not in the index' },
    'dry-run': { type: 'boolean', summary: 'do nothing that others see, and say what would be done' },
  },
  positionals: { folder: { summary: 'folder of the plugin', optional: true } },
  async run({ values, args: { folder = '.' } }, context) {
    const { cwd, signal, output, now } = context;
    const { tag, 'dry-run': dryRun } = values;
    checkTag(tag);
    const dir = path.resolve(cwd, folder);
    const packed = await output.during('Packing', () => packPlugin(dir, { nameOf: nameWithin(folder), signal }));
    // Whose a reserved scope is, the index says.
    tellPacked(withoutScope(packed), folder, output);
    const { manifest, archive } = packed;
    await using to = await openSubmissions(values, { plugin: manifest.name, dir }, context);
    await assertAcceptable(packed, folder, context);
    const source = await attachProvenance(await readSource(dir, signal), {
      file: values.provenance === undefined ? undefined : path.resolve(cwd, values.provenance),
      archive: archive.bytes,
      signal,
    });
    const store = values.store === undefined ? undefined : path.resolve(cwd, values.store);
    const { index, github, submitter: publisher } = to;
    const release = github && (() => releaseUpload({ manifest, archive, source }, github));
    const submission = { manifest, archive, source, publisher, tag, now: now() };
    const submitted = await output.during('Submitting', () =>
      submitVersion(submission, { index, store, release, dryRun, signal }),
    );
    for (const line of presentFindings(submitted.findings)) output.note(line);
    return { manifest, integrity: archive.integrity, source, submitted, remote: to.given };
  },
});
