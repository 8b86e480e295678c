import { describe, expect, it } from 'vitest';
import { ADA, EVE } from '../../test/index-fixture.ts';
import { codeOf, ownedPlugin, recordOf } from '../../test/owned-fixture.ts';
import { parseAccount, planOwnerAdd, planOwnerRemove, planTransfer } from './index.ts';

const GRACE = { login: 'grace', id: 2 };

describe('an account', () => {
  it('is a login, with an id or without', () => {
    expect(parseAccount('grace:2')).toEqual(GRACE);
    expect(parseAccount('grace')).toEqual({ login: 'grace' });
  });

  it.each(['', ':2', 'grace:', 'grace:0', 'grace:2x', '-x', 'a b', `grace:${'9'.repeat(16)}`])('is not %j', (text) => {
    expect(codeOf(() => parseAccount(text))).toBe('ACCOUNT_UNKNOWN');
  });
});

describe('planOwnerAdd', () => {
  it('adds an owner', () => {
    expect(recordOf(planOwnerAdd(ownedPlugin(), GRACE))?.owners).toEqual([ADA, GRACE]);
  });

  it('goes by the id: the same login with another id is somebody else', () => {
    expect(recordOf(planOwnerAdd(ownedPlugin(), { login: 'ada', id: 3 }))?.owners).toHaveLength(2);
    expect(recordOf(planOwnerAdd(ownedPlugin(), { login: 'countess', id: 1 }))?.owners).toEqual([
      { login: 'countess', id: 1 },
    ]);
  });

  it('changes nothing where it is one', () => {
    expect(planOwnerAdd(ownedPlugin(), ADA).state).toBe('unchanged');
  });
});

describe('planOwnerRemove', () => {
  const both = ownedPlugin({ record: { owners: [ADA, GRACE] } });

  it.each([{ login: 'Grace' }, GRACE, { login: 'renamed', id: 2 }])('removes the owner %j', (account) => {
    expect(recordOf(planOwnerRemove(both, account))?.owners).toEqual([ADA]);
  });

  it.each([EVE, { login: 'eve' }, { login: 'grace', id: 666 }])('changes nothing for %j, who is none', (account) => {
    expect(planOwnerRemove(both, account).state).toBe('unchanged');
  });

  it('never removes the last one', () => {
    expect(codeOf(() => planOwnerRemove(ownedPlugin(), ADA))).toBe('LAST_OWNER');
  });
});

describe('planTransfer', () => {
  it('puts the new owner in the place of the one who hands over', () => {
    const before = ownedPlugin({ record: { owners: [ADA, EVE] } });
    expect(recordOf(planTransfer(before, ADA, GRACE))?.owners).toEqual([EVE, GRACE]);
    expect(recordOf(planTransfer(before, ADA, EVE))?.owners).toEqual([EVE]);
  });

  it('changes nothing the second time', () => {
    expect(planTransfer(ownedPlugin({ record: { owners: [GRACE] } }), ADA, GRACE).state).toBe('unchanged');
  });

  it('is refused to oneself, under any name', () => {
    expect(codeOf(() => planTransfer(ownedPlugin(), ADA, { ...ADA, login: 'other' }))).toBe('TRANSFER_TO_SELF');
  });
});
