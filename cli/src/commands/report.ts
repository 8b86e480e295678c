import { REPORT_KINDS, reportPlace, type ReportKind } from '@ar-registry/core/abuse';
import { ArError } from '@ar-registry/core/errors';
import { defineCommand } from '../command.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

const KINDS = Object.keys(REPORT_KINDS) as ReportKind[];

export const report = defineCommand({
  name: 'report',
  summary: 'Say where to report a plugin, with the form filled in.',
  details: [
    'Nothing is sent: it prints an address to open in a browser, where you read the report again and send it under your own name. What puts people at risk goes to a private page, so that the version is withdrawn before others learn how it works.',
    'What is decided on it is public: a yanked version or an advisory with its reason, in the log of the registry. Whoever is affected can appeal there.',
  ],
  examples: [
    { command: 'report @acme/slack@1.4.2 --kind security', does: 'in private' },
    { command: 'report @acme/slack --kind impostor --evidence "It is not from Slack, see …"', does: 'in public' },
  ],
  options: {
    kind: { type: 'string', value: 'KIND', summary: 'what is wrong', choices: KINDS, required: true },
    evidence: { type: 'string', value: 'TEXT', summary: 'what others can check; not with --kind security' },
  },
  positionals: { plugin: { summary: '@scope/name, or @scope/name@<version>' } },
  async run({ values: { kind, evidence }, args }, context) {
    const { name, wanted } = parseRegistrySpec(args.plugin);
    const client = await context.registryOf(name);
    const { versions } = await client.plugin(name, context.signal);
    const version = wanted.kind === 'exact' ? wanted.version : undefined;
    if (version !== undefined && !versions.some((each) => each.version === version))
      throw new ArError('VERSION_NOT_FOUND', {
        plugin: name,
        wanted: version,
        available: versions.map((each) => each.version),
      });
    const { submissions } = await client.config(context.signal);
    const place = submissions && reportPlace(submissions.repository, { plugin: name, version, kind, evidence });
    if (!place)
      throw new ArError('REPORT_PLACE_UNKNOWN', { registry: client.registryUrl, repository: submissions?.repository });
    return { name, kind, ...place };
  },
});
