import { byType, type ByType } from '../source/by-type.ts';
import type { Node } from '../source/tree.ts';
import { follow, parameterValue } from '../values/bindings.ts';
import { frameOf } from '../values/evaluation.ts';
import { keyOf, memberOf } from '../values/members.ts';
import { alternatives, UNKNOWN, type SingleValue, type Value } from '../values/value.ts';
import { originUse, type Use, type Where } from './use.ts';

type ObjectPattern = Extract<Node, { type: 'ObjectPattern' }>;
type Part = ObjectPattern['properties'][number];

/** `const { exec } = require('child_process')`: the names in it are uses, and what is left over by `...rest`. */
export function patternUses(pattern: ObjectPattern, where: Where): readonly Use[] {
  const values = alternatives(patternValue(pattern, where));
  return pattern.properties
    .filter((part) => targetOf(part).type !== 'ObjectPattern')
    .flatMap((part) => values.flatMap((value) => partUses(part, value, where)));
}

function partUses(part: Part, value: SingleValue, { source, evaluation }: Where): readonly Use[] {
  const isRest = part.type === 'RestElement';
  const keys = isRest ? undefined : keyOf({ property: part.key, computed: part.computed }, frameOf(source), evaluation);
  if (!keys)
    return value.kind === 'api' ? [originUse({ path: [...value.path, '*'], node: part, source, how: 'element' })] : [];
  const members = keys.flatMap((key) => alternatives(memberOf(value, key, evaluation)));
  return members.flatMap((member) =>
    member.kind === 'api' ? [originUse({ path: member.path, node: part, source, how: 'kept' })] : [],
  );
}

function targetOf(part: Part): Node {
  if (part.type === 'RestElement') return part.argument;
  return part.value.type === 'AssignmentPattern' ? part.value.left : part.value;
}

/** What a pattern takes apart. */
function patternValue(pattern: Node, where: Where): Value {
  const parent = where.source.parentOf(pattern);
  if (!parent) return UNKNOWN;
  if ('params' in parent) {
    const index = (parent.params as readonly Node[]).indexOf(pattern);
    return index < 0 ? UNKNOWN : parameterValue(parent, index, where);
  }
  return byType(PARENTS, parent, where) ?? UNKNOWN;
}

const PARENTS: ByType<Where, Value> = {
  VariableDeclarator: ({ init }, { source, evaluation }) => (init ? evaluation.of(init, frameOf(source)) : UNKNOWN),
  AssignmentExpression: ({ right }, { source, evaluation }) => evaluation.of(right, frameOf(source)),
  AssignmentPattern: (node, where) =>
    follow(patternValue(node, where), [{ kind: 'default', value: node.right }], where),
  Property: (node, where) => {
    const outer = where.source.parentOf(node);
    const step = { kind: 'key', key: node.key, computed: node.computed } as const;
    return outer ? follow(patternValue(outer, where), [step], where) : UNKNOWN;
  },
};
