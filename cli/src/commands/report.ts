import {
  REPORT_KINDS,
  appealPlace,
  reportPlace,
  type PluginReport,
  type ReportKind,
  type ReportPlace,
} from '@ar-registry/core/abuse';
import { ArError } from '@ar-registry/core/errors';
import type { ApiClient } from '@ar-registry/io/api-client';
import type { PluginName, Version } from '@ar-registry/schemas';
import { defineCommand } from '../command.ts';
import { parseRegistrySpec } from '../plugin-spec.ts';

const KINDS: readonly (ReportKind | 'appeal')[] = [...(Object.keys(REPORT_KINDS) as ReportKind[]), 'appeal'];

export const report = defineCommand({
  name: 'report',
  summary: 'Say where to report a plugin, with the form filled in.',
  details: [
    'Nothing is sent: it prints an address to open in a browser, where you read the report again and send it under your own name. What puts people at risk goes to a private page, so that the version is withdrawn before others learn how it works.',
    'What is decided on it is public: a yanked version or an advisory with its reason, in the log of the registry. Whoever is affected can appeal with --kind appeal: somebody else than who decided looks at it.',
  ],
  examples: [
    { command: 'report @acme/slack@1.4.2 --kind security', does: 'in private' },
    { command: 'report @acme/slack --kind impostor --evidence "It is not from Slack, see …"', does: 'in public' },
    {
      command: 'report @acme/slack --review eve --kind spam --evidence "It sells another product."',
      does: 'what eve said of it',
    },
    {
      command: 'report @acme/slack@1.4.2 --kind appeal --evidence "Mended in 1.4.3, see …"',
      does: 'against a revocation',
    },
  ],
  options: {
    kind: { type: 'string', value: 'KIND', summary: 'what is wrong', choices: KINDS, required: true },
    review: { type: 'string', value: 'LOGIN', summary: 'the review that this account wrote, and not the plugin' },
    evidence: { type: 'string', value: 'TEXT', summary: 'what others can check; not with --kind security' },
  },
  positionals: { plugin: { summary: '@scope/name, or @scope/name@<version>' } },
  async run({ values: { kind, evidence, review }, args }, context) {
    assertLogin(review);
    const { name, wanted } = parseRegistrySpec(args.plugin);
    const client = await context.registryOf(name);
    const version = wanted.kind === 'exact' ? wanted.version : undefined;
    // What is appealed against may be that the version, or the plugin, is gone.
    if (kind !== 'appeal') await assertThere({ name, version }, client, context.signal);
    const { submissions } = await client.config(context.signal);
    const repository = submissions?.repository;
    const place =
      repository === undefined ? undefined : placeOf(repository, { plugin: name, version, kind, evidence, review });
    if (!place) throw new ArError('REPORT_PLACE_UNKNOWN', { registry: client.registryUrl, repository });
    return { name, kind, ...place };
  },
});

interface Given extends Omit<PluginReport, 'kind'> {
  readonly kind: (typeof KINDS)[number];
}

function placeOf(repository: string, { kind, ...subject }: Given): ReportPlace | undefined {
  if (kind !== 'appeal') return reportPlace(repository, { ...subject, kind });
  const { plugin, version, evidence, review } = subject;
  const decision = version === undefined ? plugin : `${plugin}@${version}`;
  return appealPlace(repository, {
    decision: review === undefined ? decision : `${decision}, review of ${review}`,
    reasons: evidence,
  });
}

/** As GitHub lets accounts be called. @throws USAGE */
function assertLogin(review: string | undefined): void {
  if (review === undefined || /^[a-z\d](?:[a-z\d-]{0,37}[a-z\d])?$/i.test(review)) return;
  throw new ArError('USAGE', { problem: `${review} is no login.`, help: 'ar plugin report --help' });
}

/** @throws PLUGIN_NOT_FOUND, VERSION_NOT_FOUND */
async function assertThere(
  { name, version }: { readonly name: PluginName; readonly version: Version | undefined },
  client: ApiClient,
  signal: AbortSignal,
): Promise<void> {
  const { versions } = await client.plugin(name, signal);
  if (version === undefined || versions.some((each) => each.version === version)) return;
  throw new ArError('VERSION_NOT_FOUND', {
    plugin: name,
    wanted: version,
    available: versions.map((each) => each.version),
  });
}
