import type { Account } from '@ar-registry/schemas';
import { finding } from '../findings/index.ts';
import { showAccount } from './change.ts';
import type { ChangeRule } from './rule.ts';

/** `publishedBy` is who submits, by id and by the name it goes by now: it is shown on every page of the plugin. */
export const checkSubmitter: ChangeRule = ({ submitter, added, actors, records }) => {
  if (submitter)
    return added
      .filter(({ record }) => !isSame(record.publishedBy, submitter))
      .map(({ record, source }) =>
        finding('SUBMITTER_MISMATCH', source.placeOf(['publishedBy']), {
          submitter: showAccount(submitter),
          publishedBy: showAccount(record.publishedBy),
        }),
      );
  const [claimed] = actors;
  const file = added[0]?.path ?? records[0]?.path;
  if (file === undefined) return [];
  return [finding('SUBMITTER_UNVERIFIED', { file }, claimed ? { account: showAccount(claimed) } : {})];
};

function isSame(a: Account, b: Account): boolean {
  return a.id === b.id && a.login.toLowerCase() === b.login.toLowerCase();
}
