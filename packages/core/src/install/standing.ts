/**
 * Where an installed plugin stands: what `update` would choose for it, and what there is beyond.
 *
 * `outdated` shows it and `update` acts on it, so that the two never disagree.
 */
import type { PluginDocument, Version } from '@ar-registry/schemas';
import { hasCode } from '../errors/index.ts';
import { resolveVersion, type VersionEntry, type Wanted } from '../resolve/index.ts';
import { compareVersions, satisfies } from '../version/index.ts';

/** What a project has of one plugin. */
export interface Installed {
  readonly range: string;
  /** Absent where it is wanted and not locked yet. */
  readonly version?: Version | undefined;
}

export interface Standing {
  /** What the range leads to; the installed version where there is nothing better. Absent where nothing fits. */
  readonly wanted?: VersionEntry;
  /** What a new user gets. Absent where everything was withdrawn. */
  readonly latest?: VersionEntry;
  /** The entry of the installed version. Absent where the registry does not have it. */
  readonly installed?: VersionEntry;
}

/**
 * Compares what is installed with what the registry offers.
 *
 * `wanted` is the highest version of the range that may be newly installed, and never lower than what is installed:
 * unless that was yanked, or no longer fits the range.
 */
export function standingOf(plugin: PluginDocument, { range, version }: Installed): Standing {
  const installed = plugin.versions.find((entry) => entry.version === version);
  const best = resolved(plugin, { kind: 'range', range });
  const latest = resolved(plugin, { kind: 'latest' });
  const wanted = keeps(version, { range, best, installed }) ? installed : (best ?? installed);
  return {
    ...(wanted === undefined ? {} : { wanted }),
    ...(latest === undefined ? {} : { latest }),
    ...(installed === undefined ? {} : { installed }),
  };
}

interface Offer {
  readonly range: string;
  readonly best: VersionEntry | undefined;
  readonly installed: VersionEntry | undefined;
}

/** Whether what is installed is as good as what the range offers. */
function keeps(version: Version | undefined, { range, best, installed }: Offer): boolean {
  if (version === undefined || installed?.yanked !== undefined || !satisfies(version, range)) return false;
  return !best || compareVersions(best.version, version) <= 0;
}

/** True where `update`, with or without --latest, has something to do, or the owner withdrew what is installed. */
export function isOutdated(standing: Standing, version: Version | undefined): boolean {
  const { wanted, installed } = standing;
  if (installed?.yanked !== undefined) return true;
  if (wanted !== undefined && wanted.version !== version) return true;
  return beyondOf(standing, version) !== undefined;
}

/** What a new user gets, where that is higher than `version`: what `update --latest` would move to from there. */
export function beyondOf({ latest }: Standing, version: Version | undefined): Version | undefined {
  if (!latest || (version !== undefined && compareVersions(latest.version, version) <= 0)) return undefined;
  return latest.version;
}

function resolved(plugin: PluginDocument, wanted: Wanted): VersionEntry | undefined {
  try {
    return resolveVersion(plugin, wanted);
  } catch (error) {
    if (hasCode(error, 'VERSION_NOT_FOUND') || hasCode(error, 'VERSION_YANKED')) return undefined;
    throw error;
  }
}
