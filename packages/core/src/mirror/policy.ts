/**
 * What a mirror carries: a decision for each version, by what the registry signed of it.
 *
 * A reason is one line for people. It may quote the registry, which is not trusted to write for a terminal: whoever prints
 * it cleans it.
 */
import parseLicense, { type Info } from 'spdx-expression-parse';
import type {
  AdvisoryId,
  GrantedPermissions,
  MirrorPolicy,
  NormalizedManifest,
  PluginName,
  TrustLevel,
} from '@ar-registry/schemas';

/** What the document of the plugin says of a version. */
export interface ListedVersion {
  readonly name: PluginName;
  readonly trust: TrustLevel;
  readonly publishedAt: string;
  /** The advisory that forbids to install it. */
  readonly revokedBy: AdvisoryId | undefined;
}

const DAY_MS = 86_400_000;
const RANKS: Readonly<Record<TrustLevel, number>> = { community: 0, verified: 1, official: 2 };

/** Why a version is not carried, before its own document is known; undefined if it may be. What is revoked never is. */
export function withheldAsListed(version: ListedVersion, policy: MirrorPolicy, nowMs: number): string | undefined {
  const { name, trust, publishedAt, revokedBy } = version;
  if (revokedBy !== undefined) return `it is revoked by ${revokedBy}`;
  if (policy.deny?.some((pattern) => fits(name, pattern))) return 'its name is denied';
  if (policy.allow && !policy.allow.some((pattern) => fits(name, pattern))) return 'its name is not allowed';
  if (policy.minimumTrust !== undefined && RANKS[trust] < RANKS[policy.minimumTrust])
    return `its level of trust is ${trust}, not ${policy.minimumTrust}`;
  return withheldByAge((nowMs - Date.parse(publishedAt)) / DAY_MS, policy);
}

function withheldByAge(days: number, { maximumAgeDays, minimumAgeDays }: MirrorPolicy): string | undefined {
  if (maximumAgeDays !== undefined && !(days <= maximumAgeDays)) return `it is older than ${maximumAgeDays} days`;
  if (minimumAgeDays !== undefined && !(days >= minimumAgeDays)) return `it is younger than ${minimumAgeDays} days`;
  return undefined;
}

/** Why a version is not carried, as its document has it; undefined if it is. */
export function withheldAsDocumented(
  { license, permissions }: Pick<NormalizedManifest, 'license' | 'permissions'>,
  { licenses, denyPermissions = [] }: MirrorPolicy,
): string | undefined {
  if (licenses && !isUsable(license, new Set(licenses))) return `the licence ${license}`;
  const denied = denyPermissions.find((permission) => ASKS[permission](permissions));
  return denied === undefined ? undefined : `the permission ${denied}`;
}

/** Whether the policy can only be answered by the document of a version. */
export function needsDocument({ licenses, denyPermissions = [] }: MirrorPolicy): boolean {
  return licenses !== undefined || denyPermissions.length > 0;
}

type Permission = NonNullable<MirrorPolicy['denyPermissions']>[number];

const ASKS: Readonly<Record<Permission, (permissions: GrantedPermissions) => boolean>> = {
  network: ({ network }) => network.length > 0,
  filesystemRead: ({ filesystem }) => filesystem.read.length > 0,
  filesystemWrite: ({ filesystem }) => filesystem.write.length > 0,
  env: ({ env }) => env.length > 0,
  childProcess: ({ childProcess }) => childProcess.length > 0,
  nativeAddons: ({ nativeAddons }) => nativeAddons,
  workers: ({ workers }) => workers,
  codeGeneration: ({ codeGeneration }) => codeGeneration,
};

/** One `*` in each part at most, as the schema has it. */
function fits(name: PluginName, pattern: string): boolean {
  const [own = '', base = ''] = name.split('/');
  const [scope = '', rest = ''] = pattern.split('/');
  return fitsPart(own, scope) && fitsPart(base, rest);
}

function fitsPart(text: string, pattern: string): boolean {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return text === before;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

/** @param license attacker-controlled: what is no expression is usable under nothing */
function isUsable(license: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(license)) return true;
  try {
    return satisfies(parseLicense(license), allowed);
  } catch {
    return false;
  }
}

function satisfies(expression: Info, allowed: ReadonlySet<string>): boolean {
  if ('conjunction' in expression) {
    const [left, right] = [satisfies(expression.left, allowed), satisfies(expression.right, allowed)];
    return expression.conjunction === 'or' ? left || right : left && right;
  }
  const id = `${expression.license}${expression.plus === true ? '+' : ''}`;
  return allowed.has('exception' in expression ? `${id} WITH ${String(expression.exception)}` : id);
}
