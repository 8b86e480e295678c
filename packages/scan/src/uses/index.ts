/**
 * Where a plugin touches the platform.
 *
 * Every expression that comes to something of the platform is a use of it, whichever way it is spelled: a free name, a
 * member, a computed key, a part of a pattern, an import. Only the end of a chain counts: `process.env.HOME`, not
 * `process` and `process.env` besides.
 */
import { moduleValue } from '../package/exports.ts';
import { byType, type ByType } from '../source/by-type.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { frameOf, type Evaluation } from '../values/evaluation.ts';
import { keyOf, memberOf } from '../values/members.ts';
import { isThis } from '../values/platform.ts';
import { alternatives, type SingleValue, type Value } from '../values/value.ts';
import { patternUses } from './patterns.ts';
import { roleOf } from './roles.ts';
import { originUse, withoutCallMethod, type Use, type Where } from './use.ts';

export type { Use } from './use.ts';

/** All uses of the platform in `source`, in document order. */
export function usesIn(source: SourceFile, evaluation: Evaluation): readonly Use[] {
  return source.nodes.flatMap((node) => byType(USES, node, { source, evaluation }) ?? []);
}

const named = (node: Node, where: Where): readonly Use[] => expressionUses(node, true, where);

const USES: ByType<Where, readonly Use[]> = {
  Identifier: (node, where) =>
    where.source.isReference(node) ? expressionUses(node, where.source.variableOf(node) === undefined, where) : [],
  MemberExpression: (node, where) => [...named(node, where), ...elementUses(node, where)],
  CallExpression: named,
  NewExpression: named,
  ImportExpression: named,
  ImportDeclaration: (node, where) => {
    const module = moduleIn(node.source, where);
    if (node.specifiers.length === 0) return valueUses(module, { node, how: 'kept' }, where);
    return node.specifiers.flatMap((specifier) => {
      const value = importedFrom(module, specifier, where);
      return valueUses(value, { node: specifier, how: 'kept' }, where);
    });
  },
  ExportAllDeclaration: (node, where) => valueUses(moduleIn(node.source, where), { node, how: 'passed' }, where),
  ExportNamedDeclaration: (node, where) => {
    const module = node.source ? moduleIn(node.source, where) : undefined;
    if (!module) return [];
    return node.specifiers.flatMap((specifier) => {
      const value = memberOf(module, exportedName(specifier.local), where.evaluation);
      return valueUses(value, { node: specifier, how: 'passed' }, where);
    });
  },
  ObjectPattern: patternUses,
};

function moduleIn({ value }: { readonly value?: unknown }, { source, evaluation }: Where): Value {
  return moduleValue(String(value), source, evaluation);
}

function importedFrom(module: Value, specifier: Node, { evaluation }: Where): Value {
  if (specifier.type === 'ImportSpecifier') return memberOf(module, exportedName(specifier.imported), evaluation);
  return specifier.type === 'ImportDefaultSpecifier' ? memberOf(module, 'default', evaluation) : module;
}

function exportedName(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : '';
}

function valueUses(value: Value, at: Pick<Use, 'node' | 'how'>, { source }: Where): readonly Use[] {
  return alternatives(value).flatMap((single) =>
    single.kind === 'api' ? [originUse({ path: single.path, source, ...at })] : [],
  );
}

function expressionUses(node: Node, isOrigin: boolean, where: Where): readonly Use[] {
  const { source, evaluation } = where;
  const values = alternatives(evaluation.of(node, frameOf(source)));
  return values.flatMap((value) => {
    if (value.kind !== 'api' || isDoubtful(value, values)) return [];
    const role = roleOf(node, value.path, where);
    if (!role || (role.how === 'written' && !isOfPlatform(node, where))) return [];
    return [{ path: withoutCallMethod(value.path), node, source, isOrigin, args: undefined, argNodes: [], ...role }];
  });
}

/** `this` of a function that is called in several ways is mostly another object. */
function isDoubtful(value: SingleValue, among: readonly SingleValue[]): boolean {
  return value.kind === 'api' && isThis(value.path) && among.length > 1;
}

/**
 * Whether a write is of the platform itself. A field that holds some of it is no part of it (`this.exec = exec`), and
 * what may be many things counts only where it would change them for all: in a prototype.
 */
function isOfPlatform(node: Node, { source, evaluation }: Where): boolean {
  if (node.type !== 'MemberExpression' || node.object.type === 'Super') return node.type === 'Identifier';
  const objects = alternatives(evaluation.of(node.object, frameOf(source)));
  if (objects.some((value) => value.kind === 'api' && value.path.at(-1) === 'prototype')) return true;
  return objects.every(({ kind }) => kind !== 'own' && kind !== 'unknown');
}

/** `process[name]`, where nobody can tell the name. */
function elementUses(node: Extract<Node, { type: 'MemberExpression' }>, where: Where): readonly Use[] {
  const { source, evaluation } = where;
  const frame = frameOf(source);
  const { object } = node;
  if (object.type === 'Super' || object.type === 'ThisExpression' || keyOf(node, frame, evaluation)) return [];
  const parent = source.parentOf(node);
  const how = parent?.type === 'AssignmentExpression' && parent.left === node ? 'written' : 'element';
  const objects = alternatives(evaluation.of(object, frame));
  // Which of many objects is written, and under which name, is too little to tell.
  if (how === 'written' && objects.length > 1) return [];
  return objects.flatMap((value) =>
    value.kind === 'api' && !isDoubtful(value, objects) && (how === 'written' || !isSymbol(node.property, where))
      ? [originUse({ path: [...value.path, '*'], node, source, how })]
      : [],
  );
}

/** Members named by a symbol are the program's own. A name must be constant to be trusted to be one. */
function isSymbol(key: Node, where: Where): boolean {
  const node = (key.type === 'Identifier' && constantInit(key, where)) || key;
  const isCall = node.type === 'CallExpression';
  if (!isCall && node.type !== 'MemberExpression') return false;
  const value = where.evaluation.of(isCall ? node.callee : node, frameOf(where.source));
  if (value.kind !== 'api' || value.path[0] !== 'Symbol') return false;
  return isCall ? /^Symbol(?: for)?$/.test(value.path.join(' ')) : value.path.length === 2;
}

function constantInit(name: Node, { source }: Where): Node | undefined {
  const variable = source.variableOf(name);
  const declarator = variable?.defs[0]?.node as Node | undefined;
  if (!variable || declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier') return undefined;
  const isRewritten = source.referencesTo(variable).some((reference) => reference.isWrite() && !reference.init);
  return isRewritten ? undefined : (declarator.init ?? undefined);
}
