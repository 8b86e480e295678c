import { finding, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';
import { verificationProblem } from '../trust-level/index.ts';
import { showAccount } from './change.ts';
import type { ChangeRule, IndexRule } from './rule.ts';

/** A review of code counts only if it is about what is published, by a reviewer who is none of its authors. */
export const checkVerifications: IndexRule = ({ snapshot }) => [
  ...[...snapshot.verifications].flatMap(([name, byVersion]) => {
    const plugin = snapshot.plugins.find((each) => each.name === name);
    return [...byVersion].flatMap(([number, record]) => {
      const at = { file: indexPaths.verification(name, number) };
      const version = plugin?.versions.find(({ manifest }) => manifest.version === number);
      const problem =
        plugin && version
          ? verificationProblem({ record, version }, plugin, snapshot)
          : `${name}@${number} is not published.`;
      return problem === undefined ? [] : [finding('VERIFICATION_INVALID', at, { problem })];
    });
  }),
  ...snapshot.plugins.flatMap((plugin) => unearned(plugin, snapshot)),
];

/** The registry calls nothing verified that nobody has read. */
function unearned(plugin: SnapshotPlugin, snapshot: Snapshot): readonly Finding[] {
  if (plugin.record.trust !== 'verified') return [];
  const byVersion = snapshot.verifications.get(plugin.name);
  const isRead = plugin.versions.some((version) => {
    const record = byVersion?.get(version.manifest.version);
    return record !== undefined && verificationProblem({ record, version }, plugin, snapshot) === undefined;
  });
  return isRead ? [] : [finding('TRUST_UNEARNED', { file: indexPaths.plugin(plugin.name) }, { plugin: plugin.name })];
}

/** Who signs a review off submits it himself, and what was signed off never changes. */
export const checkVerifier: ChangeRule = ({ records, base, head, submitter }) =>
  records.flatMap(({ path, place, kind }) => {
    if (place.kind !== 'verification') return [];
    if (kind !== 'added' && base.files.has(path))
      return [
        finding('VERIFICATION_INVALID', { file: path }, { problem: 'A review that was signed off never changes.' }),
      ];
    const record = head.snapshot.verifications.get(place.plugin)?.get(place.version);
    if (!record || !submitter || record.reviewer.id === submitter.id) return [];
    const problem = `${showAccount(submitter)} submits it, and not ${showAccount(record.reviewer)}.`;
    return [finding('VERIFICATION_INVALID', { file: path }, { problem })];
  });
