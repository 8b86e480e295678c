import { finding } from '../../findings/index.ts';
import { nameProblem } from '../../name/index.ts';
import { toSingleLine, truncate } from '../../text/index.ts';
import type { ManifestCheck } from './index.ts';

/** The name has the form that every tool and file system can hold (DESIGN §3). */
export const checkName: ManifestCheck = ({ name }, source) => {
  if (typeof name !== 'string') return [];
  const problem = nameProblem(name);
  if (problem === undefined) return [];
  return [
    finding('NAME_INVALID', source.placeOf(['name']), { name: toSingleLine(truncate(name, 80)) || '“”', problem }),
  ];
};
