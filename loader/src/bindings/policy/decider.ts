/** Answers for the whole of a project's policy: every engine must allow. */
import type { PolicyDecision } from '@ar-registry/sdk';
import type { Place, Places, Question } from '../gate/places.ts';

/** What the loader offers to whoever spawns agents or runs their tools; messages it decides by itself. */
export interface Decider {
  /** Never rejects. Allowed if no engine is configured. */
  decide(question: Question): Promise<PolicyDecision>;
}

const NO_ENGINE: PolicyDecision = { allowed: true, reason: 'no policy is configured', policySource: 'default' };

export function createDecider(places: Places): Decider {
  return {
    async decide(question) {
      let last = NO_ENGINE;
      for (const place of places.list()) {
        const decision = await decisionOf(place, question);
        if (decision?.allowed === false) return decision;
        last = decision ?? last;
      }
      return last;
    },
  };
}

/** Undefined if the place has no say in such questions. */
async function decisionOf(place: Place, question: Question): Promise<PolicyDecision | undefined> {
  while (place.state === 'loading' && place.onFailure === 'deny') await place.changed;
  if (place.state === 'gone' || (place.guard && !place.guard.decide)) return undefined;
  const decision = await place.guard?.decide?.(question);
  if (decision || place.onFailure === 'allow') return decision;
  return { allowed: false, reason: `${place.plugin} cannot decide at present`, policySource: 'default' };
}
