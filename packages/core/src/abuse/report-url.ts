/**
 * Where a plugin is reported: the issue form of the registry's index, filled in, or the private page for what puts people
 * at risk, because that must not be read by others before it is dealt with.
 *
 * @source GitHub, "Creating an issue from a URL query"; "Privately reporting a security vulnerability"
 */
import type { PluginName, Version } from '@ar-registry/schemas';
import { truncate } from '../text/index.ts';

/** As the options of `.github/ISSUE_TEMPLATE/1-report-abuse.yml` say them; `security` goes elsewhere. */
export const REPORT_KINDS = {
  security: undefined,
  name: "The name is held without a plugin behind it, or looks like another's",
  impostor: 'The plugin claims to be, or to come from, somebody else',
  licence: 'It contains work that is used without a licence',
  spam: 'It is spam, or breaks the law',
  behaviour: 'It does something else than it says',
  other: 'Something else',
} as const;

export type ReportKind = keyof typeof REPORT_KINDS;

export interface PluginReport {
  readonly plugin: PluginName;
  readonly version: Version | undefined;
  readonly kind: ReportKind;
  readonly evidence: string | undefined;
  /** Login of the account whose review is reported, and not the plugin. */
  readonly review?: string | undefined;
}

export interface ReportPlace {
  readonly url: string;
  /** Whether everybody can read what is written there. */
  readonly isPublic: boolean;
}

/**
 * Where a decision is appealed against: a revoked version, a refused submission, a lost name.
 *
 * Undefined for an index that is not at GitHub. @param decision a plugin, a version of it, or the id of an advisory
 */
export function appealPlace(
  repository: string,
  { decision, reasons }: { readonly decision: string; readonly reasons: string | undefined },
): ReportPlace | undefined {
  const base = pageOf(repository);
  if (base === undefined) return undefined;
  return toForm(base, {
    template: '3-appeal.yml',
    title: `Appeal: ${decision}`,
    decision,
    ...(reasons === undefined ? {} : { reasons: truncate(reasons, LONGEST) }),
  });
}

/** Undefined for an index that is not at GitHub. @param repository of the index, as the registry publishes it */
export function reportPlace(repository: string, report: PluginReport): ReportPlace | undefined {
  const base = pageOf(repository);
  if (base === undefined) return undefined;
  const { plugin, version, kind, evidence, review } = report;
  const what = REPORT_KINDS[kind];
  if (what === undefined) return { url: `${base}/security/advisories/new`, isPublic: false };
  const named = version === undefined ? plugin : `${plugin}@${version}`;
  const spec = review === undefined ? named : `${named}, review of ${review}`;
  return toForm(base, {
    template: '1-report-abuse.yml',
    title: `Report: ${spec}`,
    plugin: spec,
    kind: what,
    ...(evidence === undefined ? {} : { evidence: truncate(evidence, LONGEST) }),
  });
}

function pageOf(repository: string): string | undefined {
  const [, owner, name] =
    /^(?:https:\/\/|git@|ssh:\/\/git@)github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(repository) ?? [];
  return owner === undefined || name === undefined ? undefined : `https://github.com/${owner}/${name}`;
}

function toForm(base: string, fields: Readonly<Record<string, string>>): ReportPlace {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return { url: `${base}/issues/new?${pairs.join('&')}`, isPublic: true };
}

/** GitHub answers longer addresses with 414. */
const LONGEST = 4000;
