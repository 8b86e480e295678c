/** Evaluates expressions of a plugin; remembers what it found, and stops after a number of steps. */
import { exportOf } from '../package/exports.ts';
import type { PluginSources } from '../package/sources.ts';
import type { Variable } from '../source/names.ts';
import type { Node } from '../source/tree.ts';
import { variableValue } from './bindings.ts';
import { applyValue } from './calls.ts';
import { indexCalls, type CallIndex } from './call-index.ts';
import type { Evaluation } from './evaluation.ts';
import { expressionValue } from './expressions.ts';
import { createDataDirCheck } from './data-dir.ts';
import { UNKNOWN, type Value } from './value.ts';

const MAX_DEPTH = 200;

/** @param maxSteps after so many steps everything is unknown, which the detectors take for the worst */
export function createEvaluation(sources: PluginSources, maxSteps: number): Evaluation {
  const first = createEvaluator(sources, maxSteps, undefined);
  const calls = indexCalls(sources, first);
  // Half an index would say of functions that nobody else calls them.
  return createEvaluator(sources, maxSteps, first.isExhausted() ? undefined : calls);
}

function createEvaluator(sources: PluginSources, maxSteps: number, calls: CallIndex | undefined): Evaluation {
  const memory = createMemory(maxSteps);
  const keyOf = createMemberKeys();
  const evaluation: Evaluation = {
    sources,
    of: (node, frame) => memory.recall(node, frame.bound.size > 0, () => expressionValue(node, { frame, evaluation })),
    variable: (variable, frame) =>
      frame.bound.get(variable) ??
      memory.recall(variable, false, () => variableValue(variable, frame.source, evaluation)),
    exported: (source, name) => exportOf(source, name, evaluation),
    applied: (callee, args, frame) => applyValue(callee, args, { frame, evaluation }),
    member: (owner, key, compute) => memory.recall(keyOf(owner, key), false, compute),
    argumentsOf: (fn) => calls?.get(fn),
    trustsDataDir: createDataDirCheck(sources, () => evaluation),
    isExhausted: memory.isExhausted,
  };
  return evaluation;
}

type Key = Node | Variable | MemberKey;

/** Stands for a member of a node. */
interface MemberKey {
  readonly member: string;
}

interface Memory {
  /** @param isPassing whether the value holds for this one call only, and is not to be kept */
  readonly recall: (key: Key, isPassing: boolean, compute: () => Value) => Value;
  readonly isExhausted: () => boolean;
}

/**
 * Keeps values. What is asked for while it is being found, or from too deep, is unknown then; whatever was found with
 * the help of such an answer holds only until the first question is answered, so that a program cannot hide a value in
 * a circle.
 */
function createMemory(maxSteps: number): Memory {
  const values = new Map<Key, Value>();
  const passing = new Map<Key, Value>();
  const open = new Map<Key, number>();
  let steps = 0;
  let lowestCircle = Infinity;

  const isCut = (key: Key): boolean => {
    const circle = open.size >= MAX_DEPTH ? -1 : open.get(key);
    if (circle !== undefined) lowestCircle = Math.min(lowestCircle, circle);
    return circle !== undefined || steps >= maxSteps;
  };
  const close = (key: Key, level: number): void => {
    open.delete(key);
    if (lowestCircle >= level || open.size === 0) lowestCircle = Infinity;
    if (open.size === 0) passing.clear();
  };
  return {
    isExhausted: () => steps >= maxSteps,
    recall(key, isPassing, compute) {
      const known = isPassing ? undefined : (values.get(key) ?? passing.get(key));
      if (known) return known;
      if (isCut(key)) return UNKNOWN;
      steps += 1;
      const level = open.size;
      open.set(key, level);
      try {
        const value = compute();
        if (!isPassing) (lowestCircle >= level ? values : passing).set(key, value);
        return value;
      } finally {
        close(key, level);
      }
    },
  };
}

/** Gives one key to each member of each node. */
function createMemberKeys(): (owner: Node, member: string) => MemberKey {
  const keys = new Map<Node, Map<string, MemberKey>>();
  return (owner, member) => {
    const ofOwner = keys.get(owner) ?? new Map<string, MemberKey>();
    keys.set(owner, ofOwner);
    const key = ofOwner.get(member) ?? { member };
    ofOwner.set(member, key);
    return key;
  };
}
