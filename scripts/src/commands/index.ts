import type { Command } from '../command.ts';

/** The commands, each loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  validate: async () => (await import('./validate.ts')).validate,
  scan: async () => (await import('./scan.ts')).scan,
  changes: async () => (await import('./changes.ts')).changes,
  check: async () => (await import('./check.ts')).check,
  'source-check': async () => (await import('./source-check.ts')).sourceCheck,
  ci: async () => (await import('./ci.ts')).ci,
  report: async () => (await import('./report.ts')).report,
  automerge: async () => (await import('./automerge.ts')).automerge,
  merge: async () => (await import('./merge.ts')).merge,
  fetch: async () => (await import('./fetch.ts')).fetch,
  reports: async () => (await import('./reports.ts')).reports,
  'latest-artifact': async () => (await import('./latest-artifact.ts')).latestArtifact,
  osv: async () => (await import('./osv.ts')).osv,
  links: async () => (await import('./links.ts')).links,
  notify: async () => (await import('./notify.ts')).notify,
  stats: async () => (await import('./stats.ts')).stats,
  build: async () => (await import('./build.ts')).build,
  site: async () => (await import('./site.ts')).site,
  keys: async () => (await import('./keys.ts')).keys,
  sign: async () => (await import('./sign.ts')).sign,
  'audit-log': async () => (await import('./audit-log.ts')).auditLog,
  rebuild: async () => (await import('./rebuild.ts')).rebuild,
  resign: async () => (await import('./resign.ts')).resign,
  serve: async () => (await import('./serve.ts')).serve,
};
