/** What a file of the plugin exports under a name, by either module system. */
import type { ExportNamedDeclaration } from 'acorn';
import { byType, type ByType } from '../source/by-type.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Node } from '../source/tree.ts';
import { frameOf, type Evaluation } from '../values/evaluation.ts';
import { memberOf } from '../values/members.ts';
import { moduleNamed } from '../values/platform.ts';
import { either, UNKNOWN, type Value } from '../values/value.ts';

/** What `specifier` names in `source`: a file of the plugin, a module of Node, or a package. */
export function moduleValue(specifier: string, source: SourceFile, { sources }: Evaluation): Value {
  const file = sources.resolve(specifier, source.path);
  return file ? { kind: 'exports', source: file } : moduleNamed(specifier);
}

/** The export `name` of `source`; unknown if it has none. */
export function exportOf(source: SourceFile, name: string, evaluation: Evaluation): Value {
  const found = source.program.body.flatMap((statement) => esmExports(statement, name, { source, evaluation }));
  return found.length > 0 ? either(found) : commonJsExport(source, name, evaluation);
}

interface Where {
  readonly source: SourceFile;
  readonly evaluation: Evaluation;
}

function esmExports(statement: Node, name: string, where: Where): readonly Value[] {
  return byType(EXPORTS, statement, { ...where, name }) ?? [];
}

interface Named extends Where {
  readonly name: string;
}

const EXPORTS: ByType<Named, readonly Value[]> = {
  ExportDefaultDeclaration: (node, where) => (where.name === 'default' ? [declared(node.declaration, where)] : []),
  ExportAllDeclaration: (node, { name, source, evaluation }) => {
    const exported = moduleValue(String(node.source.value), source, evaluation);
    if (node.exported) return nameOf(node.exported) === name ? [exported] : [];
    const value = name === 'default' ? UNKNOWN : memberOf(exported, name, evaluation);
    return value.kind === 'unknown' ? [] : [value];
  },
  ExportNamedDeclaration: (node, where) => [...specifiedExports(node, where), ...declaredExports(node, where)],
};

function declared(node: Node, { source, evaluation }: Where): Value {
  const isDeclaration = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return isDeclaration ? { kind: 'own', node, source } : evaluation.of(node, frameOf(source));
}

function specifiedExports(node: ExportNamedDeclaration, { name, source, evaluation }: Named): readonly Value[] {
  return node.specifiers
    .filter(({ exported }) => nameOf(exported) === name)
    .map(({ local }) => {
      if (!node.source) return evaluation.of(local, frameOf(source));
      const from = moduleValue(String(node.source.value), source, evaluation);
      return memberOf(from, nameOf(local), evaluation);
    });
}

function declaredExports({ declaration }: ExportNamedDeclaration, where: Named): readonly Value[] {
  const { name, source, evaluation } = where;
  if (!declaration) return [];
  if (declaration.type !== 'VariableDeclaration')
    return declaration.id.name === name ? [declared(declaration, where)] : [];
  return declaration.declarations
    .flatMap(({ id }) => identifiersIn(id))
    .filter((identifier) => identifier.name === name)
    .flatMap((identifier) => {
      const variable = source.declaredBy(identifier);
      return variable ? [evaluation.variable(variable, frameOf(source))] : [];
    });
}

type Identifier = Extract<Node, { type: 'Identifier' }>;

function identifiersIn(pattern: Node): readonly Identifier[] {
  return byType(IDENTIFIERS, pattern, undefined) ?? [];
}

const IDENTIFIERS: ByType<undefined, readonly Identifier[]> = {
  Identifier: (node) => [node],
  ObjectPattern: ({ properties }) =>
    properties.flatMap((part) => identifiersIn(part.type === 'RestElement' ? part.argument : part.value)),
  ArrayPattern: ({ elements }) => elements.flatMap((part) => (part ? identifiersIn(part) : [])),
  RestElement: ({ argument }) => identifiersIn(argument),
  AssignmentPattern: ({ left }) => identifiersIn(left),
};

function nameOf(node: Node): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '';
}

/** `module.exports = { name }`, `module.exports.name = …`, `exports.name = …`. */
function commonJsExport(source: SourceFile, name: string, evaluation: Evaluation): Value {
  if (source.isModule) return UNKNOWN;
  const found: Value[] = [];
  for (const node of source.nodes) {
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') continue;
    const target = evaluation.of(node.left, frameOf(source));
    if (target.kind !== 'api') continue;
    const path = target.path.join(' ');
    if (path === 'module exports')
      found.push(
        name === 'default'
          ? evaluation.of(node.right, frameOf(source))
          : memberOf(evaluation.of(node.right, frameOf(source)), name, evaluation),
      );
    if (path === `module exports ${name}` || path === `exports ${name}`)
      found.push(evaluation.of(node.right, frameOf(source)));
  }
  return either(found);
}
