/**
 * What a snapshot keeps of a record: all that says which versions of npm packages it speaks of and how grave it is, and
 * one sentence.
 */
import { isVector } from '@ar-registry/core/audit';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { OsvRecord, Validator } from '@ar-registry/schemas';

export type Kept =
  | { readonly kind: 'kept'; readonly record: OsvRecord; readonly byName: ReadonlyMap<string, OsvRecord> }
  /** It speaks of no npm package, or not any more. */
  | { readonly kind: 'none' | 'withdrawn' }
  | { readonly kind: 'unreadable' };

type Affected = NonNullable<OsvRecord['affected']>[number];

const SUMMARY_LENGTH = 300;
/** @source npm's registry: 214 characters */
const MAX_NAME_LENGTH = 214;

/** @param bytes of others; what is no record in them is told, and never thrown */
export function keepRecord(bytes: Uint8Array, validator: Validator<OsvRecord>): Kept {
  const parsed = validator(parseJson(bytes));
  if (!parsed.ok) return { kind: 'unreadable' };
  const record = parsed.value;
  if (record.withdrawn !== undefined) return { kind: 'withdrawn' };
  const entries = (record.affected ?? []).filter(isOfNpm).map(keepAffected);
  const byName = Map.groupBy(entries, ({ package: { name } }) => name);
  if (byName.size === 0) return { kind: 'none' };
  const kept = new Map(Array.from(byName, ([name, affected]) => [name, keepFields(record, affected)]));
  return { kind: 'kept', record, byName: kept };
}

function isOfNpm({ package: { ecosystem, name } }: Affected): boolean {
  return ecosystem.split(':', 1)[0] === 'npm' && name !== '' && name.length <= MAX_NAME_LENGTH;
}

function keepAffected({ package: { name }, ranges = [], versions = [] }: Affected): Affected {
  const kept = ranges
    .filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
    .map(({ type, events }) => ({ type, events: events.map(keepEvent) }));
  return {
    package: { ecosystem: 'npm', name },
    ...(kept.length === 0 ? {} : { ranges: kept }),
    ...(versions.length === 0 ? {} : { versions }),
  };
}

type Event = NonNullable<Affected['ranges']>[number]['events'][number];

function keepEvent({ introduced, fixed, last_affected: lastAffected, limit }: Event): Event {
  return {
    ...(introduced === undefined ? {} : { introduced }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(lastAffected === undefined ? {} : { last_affected: lastAffected }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function keepFields(record: OsvRecord, affected: Affected[]): OsvRecord {
  const { id, modified, aliases = [], summary } = record;
  return {
    id,
    modified,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(summary === undefined ? {} : { summary: truncate(toSingleLine(summary), SUMMARY_LENGTH) }),
    ...keepSeverity(record),
    affected,
  };
}

/** @source GitHub's database: a word; CVSS of all others */
const RATING = /^(?:LOW|MODERATE|MEDIUM|HIGH|CRITICAL)$/i;

function keepSeverity({
  severity = [],
  database_specific: own,
}: OsvRecord): Pick<OsvRecord, 'severity' | 'database_specific'> {
  const vectors = severity.filter(({ type, score }) => /^CVSS_V[234]$/.test(type) && isVector(score));
  const rating = own?.severity;
  return {
    ...(vectors.length === 0 ? {} : { severity: vectors.map(({ type, score }) => ({ type, score })) }),
    ...(rating !== undefined && RATING.test(rating) ? { database_specific: { severity: rating } } : {}),
  };
}

/** `undefined`, which is no record, for what is no JSON. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    // Nested too deeply, it cannot be read either.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
