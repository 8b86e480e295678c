/**
 * What a registry knows against versions of its plugins, and what follows for one of them.
 *
 * An advisory whose action is `block-install` or `block-load` is a revocation. It says of versions by OSV's ranges, so that
 * the matcher of npm's vulnerabilities serves for it too.
 */
import type { AdvisoryEntry, PluginName, Version } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { matchAdvisory } from '../osv/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { inOrder, type AdvisoryEvents } from './events.ts';

/** One entry of the list that registries publish. */
export type Advisory = AdvisoryEntry;

/** What OSV records call plugins. It is no name of osv.dev's list: these records are ours alone. */
export const ADVISORY_ECOSYSTEM = 'AgentRelay';

/** Those that speak of a version, the gravest first. @param list of any number of plugins */
export function advisoriesAgainst(list: readonly Advisory[], name: PluginName, version: Version): readonly Advisory[] {
  return list
    .filter((advisory) => advisory.plugin === name && isAffected(advisory, version))
    .toSorted((a, b) => GRAVITY[a.action] - GRAVITY[b.action]);
}

const GRAVITY: Readonly<Record<Advisory['action'], number>> = { 'block-load': 0, 'block-install': 1, warn: 2 };

function isAffected({ id, modified, plugin, affected }: Advisory, version: Version): boolean {
  const entry = { package: { ecosystem: ADVISORY_ECOSYSTEM, name: plugin }, ...affected };
  const match = matchAdvisory(
    { id, modified, affected: [entry] },
    { ecosystem: ADVISORY_ECOSYSTEM, name: plugin, version },
  );
  return match !== undefined;
}

/** The one for which a version may not be installed any more; undefined if it may. */
export function blockingAdvisory(list: readonly Advisory[], name: PluginName, version: Version): Advisory | undefined {
  return advisoriesAgainst(list, name, version).find(({ action }) => action !== 'warn');
}

/** Why a version is neither installed nor loaded. */
export function revoked(plugin: PluginName, version: Version, advisory: Advisory): ArError {
  const { id, replacement } = advisory;
  return new ArError('VERSION_REVOKED', {
    plugin,
    version,
    advisory: id,
    reason: toSingleLine(truncate(advisory.reason, 500)),
    affected: affectedText(advisory),
    ...(replacement === undefined ? {} : { replacement }),
  });
}

/** Which versions, for people: `>=1.0.0 <1.4.3 || 2.0.0`. */
export function affectedText({ affected: { ranges = [], versions = [] } }: Advisory): string {
  const texts = ranges.flatMap(({ events }) => intervals(events));
  return truncate([...texts, ...versions].join(' || '), 200);
}

/** As the matcher reads them: by version, a beginning within a range and an end without one say nothing. */
function intervals(events: AdvisoryEvents): readonly string[] {
  const found: string[] = [];
  let begun: string | undefined;
  for (const { introduced, fixed, last_affected: last } of inOrder(events)) {
    if (introduced !== undefined) begun ??= introduced === '0' ? '' : `>=${introduced}`;
    else if (begun !== undefined) {
      found.push(`${begun} ${fixed === undefined ? `<=${last}` : `<${fixed}`}`.trim());
      begun = undefined;
    }
  }
  return begun === undefined ? found : [...found, begun || 'all versions'];
}
