import { SEVERITIES } from '@ar-registry/core/audit';
import { defineCommand } from '../command.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'Show what is known against the installed plugins and their npm packages.',
  details: [
    'Asks each registry for its advisories, and looks up every npm package that is locked with a plugin in a snapshot of the OSV database, which the registry publishes. A database older than seven days, or a plugin whose packages nothing pins, is told and is no pass.',
    'Ends with 1 if there is something of the level that was asked for, else with 4 if something could not be looked up.',
  ],
  examples: [
    { command: 'audit', does: 'everything that is installed' },
    {
      command: 'audit --level high --sarif audit.sarif',
      does: 'in CI: fail on what is grave, and write all for a scanner',
    },
    { command: 'audit --fix', does: 'update what is affected, then look again' },
  ],
  options: {
    level: {
      type: 'string',
      value: 'LEVEL',
      summary: 'the least severity that counts',
      choices: SEVERITIES,
      default: 'low',
    },
    fix: { type: 'boolean', summary: 'update the plugins that are affected, within their wanted ranges' },
    osv: {
      type: 'string',
      value: 'WHERE',
      summary: 'a folder or address of the OSV snapshot, instead of the registry’s',
    },
    sarif: { type: 'string', value: 'FILE', summary: 'also write what was found, of every level, as SARIF 2.1.0' },
  },
  positionals: { plugins: { summary: 'names of installed plugins', optional: true, many: true } },
  async run({ values: { level, fix, osv, sarif }, args }, context) {
    const { auditProject, writeSarif } = await import('../audit/index.ts');
    const look = () => auditProject(args.plugins, { osv }, context);
    let audited = await look();
    const affected = fix ? audited.affectedAtLeast(level) : [];
    if (affected.length > 0) {
      const { updatePlugins } = await import('../install/index.ts');
      const { updated } = await updatePlugins(affected, { latest: false, dryRun: false, allowBuild: false }, context);
      audited = await look();
      if (sarif !== undefined) await writeSarif(sarif, audited, context);
      return { ...audited, level, updated };
    }
    if (sarif !== undefined) await writeSarif(sarif, audited, context);
    return { ...audited, level, updated: [] };
  },
});
