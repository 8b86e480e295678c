/** Who owns a plugin, by numeric id: logins get renamed, and a login that was given up can be taken by somebody else. */
import type { Account, PluginRecord } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { unchanged, type OwnedPlugin, type PlannedChange } from './change.ts';

/** An account as a user names it; without an id where he gave none and nobody could be asked. */
export interface NamedAccount {
  readonly login: string;
  readonly id?: number | undefined;
}

/** Reads `login` or `login:id`. @throws ACCOUNT_UNKNOWN */
export function parseAccount(text: string): NamedAccount {
  const [, login, id] = /^([A-Za-z0-9][A-Za-z0-9-]{0,38})(?::([1-9]\d{0,15}))?$/.exec(text) ?? [];
  if (login !== undefined && (id === undefined || Number.isSafeInteger(Number(id))))
    return id === undefined ? { login } : { login, id: Number(id) };
  const account = `“${truncate(toSingleLine(text), 60)}”`;
  throw new ArError('ACCOUNT_UNKNOWN', { account, problem: 'it is neither <login> nor <login>:<id>' });
}

/** Adds an owner, or writes down the new login of one. */
export function planOwnerAdd({ record }: OwnedPlugin, account: Account): PlannedChange {
  const { owners, effect } = withOwner(record.owners, account);
  if (effect === undefined) return unchanged(`${show(account)} is an owner already.`);
  return ownerChange(record, { title: `Add ${account.login} as an owner of ${record.name}`, effect, owners });
}

/** @throws LAST_OWNER */
export function planOwnerRemove({ record }: OwnedPlugin, account: NamedAccount): PlannedChange {
  const owner = findOwner(record, account);
  if (!owner) return unchanged(`${show(account)} is no owner; ${listOwners(record)} ${areOrIs(record)}.`);
  const owners = record.owners.filter(({ id }) => id !== owner.id);
  if (owners.length === 0) throw new ArError('LAST_OWNER', { plugin: record.name, owner: show(owner) });
  const title = `Remove ${owner.login} as an owner of ${record.name}`;
  return ownerChange(record, { title, effect: `${show(owner)} is an owner no more`, owners });
}

/**
 * Puts a new owner in the place of the one who hands over; other owners stay.
 *
 * @throws TRANSFER_TO_SELF
 */
export function planTransfer({ record }: OwnedPlugin, from: Account, to: Account): PlannedChange {
  if (from.id === to.id) throw new ArError('TRANSFER_TO_SELF', { account: show(to) });
  const before = findOwner(record, from);
  const { owners, effect } = withOwner(record.owners, to);
  if (!before && effect === undefined) return unchanged(`${show(to)} owns it already, and ${show(from)} does not.`);
  return {
    state: 'changed',
    kind: 'transfer',
    title: `Transfer ${record.name} to ${to.login}`,
    effects: [...(effect === undefined ? [] : [effect]), ...(before ? [`${show(before)} is an owner no more`] : [])],
    record: { ...record, owners: owners.filter(({ id }) => id !== from.id) },
  };
}

/** An owner by id; by login, in any case, where no id is given. */
function findOwner({ owners }: Pick<PluginRecord, 'owners'>, account: NamedAccount): Account | undefined {
  if (account.id !== undefined) return owners.find(({ id }) => id === account.id);
  return owners.find(({ login }) => login.toLowerCase() === account.login.toLowerCase());
}

interface OwnersAfter {
  readonly owners: PluginRecord['owners'];
  /** Absent if nothing changed. */
  readonly effect?: string;
}

function withOwner(owners: PluginRecord['owners'], account: Account): OwnersAfter {
  const known = owners.find(({ id }) => id === account.id);
  if (!known) return { owners: [...owners, account], effect: `${show(account)} becomes an owner` };
  if (known.login === account.login) return { owners };
  const renamed = owners.map((owner) => (owner === known ? account : owner));
  return { owners: renamed, effect: `${show(known)} goes by the name of ${account.login} now` };
}

interface OwnersTold extends OwnersAfter {
  readonly title: string;
  readonly effect: string;
}

function ownerChange(record: PluginRecord, { title, effect, owners }: OwnersTold): PlannedChange {
  return { state: 'changed', kind: 'owner', title, effects: [effect], record: { ...record, owners } };
}

function listOwners({ owners }: PluginRecord): string {
  return owners.map(show).join(', ');
}

function areOrIs({ owners }: PluginRecord): string {
  return owners.length === 1 ? 'is' : 'are';
}

function show({ login, id }: NamedAccount): string {
  return id === undefined ? login : `${login} (${id})`;
}
