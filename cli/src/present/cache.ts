import path from 'node:path';
import type { PruneVerdict } from '@ar-registry/core/install';
import type { checkResponses, FoundEntry, Pruned, VerifiedEntry } from '@ar-registry/io/store-cache';
import type { Presenter } from '../command.ts';
import { sizeText } from './size.ts';
import { table } from './table.ts';
import { type Line, type Page, quiet, type Span, toned } from './text.ts';
import { fileLines } from './verify.ts';

interface Amount {
  readonly count: number;
  readonly sizeBytes: number;
}

interface Listed {
  readonly dataDir: string;
  readonly entries: readonly { readonly found: FoundEntry; readonly verdict: PruneVerdict }[];
  readonly unreadable: readonly string[];
  readonly unknownProjects: readonly string[];
  readonly responses: Amount;
  readonly staging: Amount;
}

export const presentCacheList: Presenter<Listed> = {
  text: ({ dataDir, entries, unreadable, unknownProjects, responses, staging }, width) => {
    const total = entries.reduce((sum, { found }) => sum + found.sizeBytes, 0);
    const heads = ['NAME', 'VERSION', 'SIZE', 'USED BY'].map(quiet);
    return [
      ...(entries.length === 0 ? [] : [...table([heads, ...entries.map(listRow)], width), '']),
      ...unreadable.map((folder) => unreadableLine(folder)),
      ...unknownProjects.map(unknownLine),
      `${counted(entries.length, 'package')}, ${sizeText(total)}, in ${path.join(dataDir, 'plugins/store')}`,
      quiet(`${amount(responses)} of registries’ answers${leftovers(staging)}`),
    ];
  },
  json: ({ dataDir, entries, unreadable, unknownProjects, responses, staging }) => ({
    folder: path.join(dataDir, 'plugins'),
    entries: entries.map(({ found, verdict }) => ({
      ...entryJson(found),
      state: verdict.kind,
      usedBy: verdict.kind === 'used' ? verdict.by : [],
    })),
    unreadable: unreadable.map((folder) => path.relative(path.join(dataDir, 'plugins'), folder)),
    unknownProjects,
    responses,
    staging,
  }),
};

type PruneOutcome = Pruned & { readonly dryRun: boolean; readonly dataDir: string };

export const presentCachePrune: Presenter<PruneOutcome> = {
  text: (outcome): Page => {
    const { dryRun, removed, unreadable, responses, unknownProjects } = outcome;
    const packages = counted(removed.length + unreadable.length, 'package');
    const what = `${packages} and ${counted(responses.count, 'answer')}, ${sizeText(freed(outcome))}`;
    return [
      ...removed.map(({ entry, sizeBytes }): Line => {
        return [toned('-', 'bad'), ' ', toned(entry.name, 'name'), `@${entry.version}  `, quiet(sizeText(sizeBytes))];
      }),
      ...unreadable.map(({ folder, sizeBytes }): Line => {
        return [toned('-', 'bad'), ' ', folder, '  ', quiet(`unreadable, ${sizeText(sizeBytes)}`)];
      }),
      ...unknownProjects.map(unknownLine),
      dryRun ? `Would be removed: ${what}. Nothing was changed.` : `Removed ${what}.`,
      quiet(`Kept: ${kept(outcome).join(', ')}.`),
    ];
  },
  json: (outcome) => ({
    dryRun: outcome.dryRun,
    removed: outcome.removed.map(entryJson),
    unreadable: outcome.unreadable.map(({ folder }) => path.relative(path.join(outcome.dataDir, 'plugins'), folder)),
    kept: { used: outcome.used, recent: outcome.recent, unknown: outcome.unknown },
    unknownProjects: outcome.unknownProjects,
    responses: outcome.responses,
    freedBytes: freed(outcome),
  }),
};

function kept({ used, recent, unknown }: PruneOutcome): readonly string[] {
  return [
    `${used} in use`,
    ...(recent === 0 ? [] : [`${recent} used by an installation within the last hour`]),
    ...(unknown === 0 ? [] : [`${unknown} that may be in use`]),
  ];
}

interface VerifiedOutcome {
  readonly dataDir: string;
  readonly entries: readonly VerifiedEntry[];
  readonly unreadable: readonly string[];
  readonly responses: Awaited<ReturnType<typeof checkResponses>>;
}

export const presentCacheVerify: Presenter<VerifiedOutcome> = {
  text: (outcome) => {
    const { entries, unreadable, responses } = outcome;
    const bad = entries.filter((one) => !isIntact(one));
    return [
      ...bad.flatMap(damagedLines),
      ...unreadable.map((folder) => unreadableLine(folder)),
      ...(responses.damaged === 0
        ? []
        : [quiet(`${counted(responses.damaged, 'damaged answer')}, to be asked for anew`)]),
      `Intact: ${entries.length - bad.length} of ${counted(entries.length + unreadable.length, 'package')}.`,
      ...(isOk(outcome) ? [] : ['Fetch what differs anew, in the projects that use it: ar plugin install']),
      ...(unreadable.length === 0 ? [] : ['Remove what nobody uses: ar plugin cache prune']),
    ];
  },
  json: (outcome) => ({
    ok: isOk(outcome),
    entries: outcome.entries.map((one) => {
      const { entry } = one.found;
      const { changed, missing, added } = one.differences;
      const state = isIntact(one) ? 'intact' : 'changed';
      return { name: entry.name, version: entry.version, integrity: entry.integrity, state, changed, missing, added };
    }),
    unreadable: outcome.unreadable.map((folder) => path.relative(path.join(outcome.dataDir, 'plugins'), folder)),
    responses: outcome.responses,
  }),
  exitCode: (outcome) => (isOk(outcome) ? 0 : 3),
};

function listRow({ found, verdict }: Listed['entries'][number]): readonly (string | Span)[] {
  const { entry, sizeBytes } = found;
  return [toned(entry.name, 'name'), entry.version, sizeText(sizeBytes), usedText(verdict)];
}

function usedText(verdict: PruneVerdict): string | Span {
  switch (verdict.kind) {
    case 'used':
      return verdict.by.join(', ');
    case 'unknown':
      return quiet(`not known; perhaps ${verdict.by.join(', ')}`);
    case 'recent':
      return quiet('nobody; used within the last hour');
    case 'unused':
      return toned('nobody', 'warning');
  }
}

/** What was interrupted goes with the next installation. */
function leftovers(staging: Amount): string {
  return staging.count === 0 ? '' : `; ${amount(staging)} being written or left behind`;
}

function amount({ count, sizeBytes }: Amount): string {
  return `${counted(count, 'file')}, ${sizeText(sizeBytes)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function entryJson({ entry, sizeBytes }: FoundEntry): object {
  const { name, version, integrity } = entry;
  return { name, version, integrity, sizeBytes };
}

function freed({ removed, unreadable, responses }: Pruned): number {
  return [...removed, ...unreadable].reduce((sum, { sizeBytes }) => sum + sizeBytes, responses.sizeBytes);
}

function isIntact({ differences: { changed, missing, added } }: VerifiedEntry): boolean {
  return changed.length + missing.length + added.length === 0;
}

function isOk({ entries, unreadable }: VerifiedOutcome): boolean {
  return unreadable.length === 0 && entries.every(isIntact);
}

function damagedLines({ found: { entry }, differences }: VerifiedEntry): Page {
  return [
    [toned(entry.name, 'name'), `@${entry.version}  `, toned('changed', 'bad')],
    ...fileLines('changed', differences.changed),
    ...fileLines('missing', differences.missing),
    ...fileLines('added', differences.added),
  ];
}

function unreadableLine(folder: string): Line {
  return [toned('unreadable:', 'bad'), ' ', folder];
}

function unknownLine(project: string): Line {
  return [toned('warning:', 'warning'), ` ${project} cannot be read: what it uses is not known.`];
}
