import { toFindingDocument } from '@ar-registry/core/findings';
import { inspectTarget, type InspectedTarget } from '@ar-registry/io/package-folder';
import type { CheckedContents, checkInspected } from '../author/check-contents.ts';
import type { Context } from '../context.ts';
import { defineCommand } from '../command.ts';

export const validate = defineCommand({
  name: 'validate',
  summary: 'Check a plugin as the registry will.',
  details: [
    'A folder is checked as it would be packed: the manifest, the package around it, what its code can do, secrets left in it, and what is known against its npm dependencies. An archive is read in full without unpacking it. A manifest alone is checked alone.',
    'All that is wrong is told at once. Exits with 1 if there is an error; warnings do not count, nor does what could not be checked here, which is told.',
  ],
  examples: [
    { command: 'validate ./my-plugin', does: 'a folder, before publishing it' },
    { command: 'validate my-plugin-1.0.0.tgz', does: 'an archive' },
    { command: 'validate ar-plugin.yaml --json', does: 'a manifest alone, for a script' },
  ],
  options: {
    osv: {
      type: 'string',
      value: 'FOLDER|URL',
      summary: 'known vulnerabilities, if not those that the registry serves',
    },
  },
  positionals: { target: { summary: 'folder, archive or ar-plugin.yaml', optional: true } },
  async run({ values: { osv }, args: { target = '.' } }, context) {
    const { cwd, signal, output } = context;
    const inspected = await output.during('Reading', () => inspectTarget(target, { cwd, signal }));
    const { manifest } = inspected;
    const { findings, checks } = await output.during('Checking', () =>
      checkTarget(inspected, { target, osv }, context).then((checked) => withoutOwnScope(checked, inspected, context)),
    );
    const subject = manifest ? `${manifest.name}@${manifest.version}` : target;
    return { subject, findings, checks, ok: !findings.some((found) => toFindingDocument(found).severity === 'error') };
  },
});

/** What the other checks need is not even loaded for a manifest alone. */
async function checkTarget(...args: Parameters<typeof checkInspected>): Promise<CheckedContents> {
  const [{ kind, findings }] = args;
  if (kind === 'manifest') return { findings, checks: [] };
  const { checkInspected: check } = await import('../author/check-contents.ts');
  return check(...args);
}

/** Who owns the scope needs no word of it. Others are not even asked about. */
async function withoutOwnScope(
  checked: CheckedContents,
  { manifest }: InspectedTarget,
  context: Context,
): Promise<CheckedContents> {
  if (!manifest || !checked.findings.some(({ code }) => code === 'SCOPE_RESTRICTED')) return checked;
  const { isOwnPlugin, withoutScope } = await import('../author/own-scope.ts');
  return (await isOwnPlugin(manifest.name, context.cwd, context)) ? withoutScope(checked) : checked;
}
