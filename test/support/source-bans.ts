import ts from 'typescript';
import { lineAt, lineOf, walk, type Module, type Violation } from './source-modules.js';

/** What code below `src` and `pipelines` must not do, because its result would depend on more than seed and inputs. */
export type Ban =
  'randomness' | 'clock' | 'locale' | 'power' | 'timer' | 'console' | 'process' | 'any' | 'silenced check';

/** A file that may do one of them, or a folder (with a slash at the end), and why. */
export interface Allowance {
  readonly where: string;
  readonly ban: Ban;
  readonly reason: string;
}

interface Offence {
  readonly ban: Ban;
  readonly line: number;
  readonly what: string;
}

/** Everything banned that is not allowed. */
export const banViolations = (modules: readonly Module[], allowances: readonly Allowance[]): Violation[] =>
  modules.flatMap((module) =>
    offences(module)
      .filter(({ ban }) => !allowances.some((allowance) => allowance.ban === ban && covers(allowance, module.path)))
      .map(({ ban, line, what }) => ({ file: module.path, line, problem: `${ban}: ${what}` })),
  );

/** Allowances that nobody needs any more. */
export const staleAllowances = (modules: readonly Module[], allowances: readonly Allowance[]): string[] =>
  allowances
    .filter(
      (allowance) =>
        !modules.some((m) => covers(allowance, m.path) && offences(m).some(({ ban }) => ban === allowance.ban)),
    )
    .map(({ where, ban }) => `${where} no longer needs ${ban}`);

const covers = ({ where }: Allowance, path: string): boolean =>
  where.endsWith('/') ? path.startsWith(where) : path === where;

/** Names that must not occur at all, however they are reached. */
const bannedNames: readonly (readonly [RegExp, Ban])[] = [
  [/^(?:randomUUID|randomBytes|randomInt|getRandomValues)$/, 'randomness'],
  [/^(?:localeCompare|toLocale\w*)$/, 'locale'],
];

/** Globals that must not be touched. */
const bannedGlobals: ReadonlyMap<string, Ban> = new Map([
  ['performance', 'clock'],
  ['Intl', 'locale'],
  ['setTimeout', 'timer'],
  ['setInterval', 'timer'],
  ['setImmediate', 'timer'],
  ['console', 'console'],
  ['process', 'process'],
]);

/** Members that must not be touched of globals that are otherwise welcome; taking such a global apart is banned too. */
const bannedMembers: ReadonlyMap<string, ReadonlyMap<string, Ban>> = new Map([
  [
    'Math',
    new Map<string, Ban>([
      ['random', 'randomness'],
      ['pow', 'power'],
    ]),
  ],
  ['Date', new Map<string, Ban>([['now', 'clock']])],
  ['AbortSignal', new Map<string, Ban>([['timeout', 'timer']])],
]);

/** Modules of Node that give the same globals by another name. */
const bannedModules: ReadonlyMap<string, Ban> = new Map([
  ['node:perf_hooks', 'clock'],
  ['node:timers', 'timer'],
  ['node:timers/promises', 'timer'],
  ['node:console', 'console'],
  ['node:process', 'process'],
]);

function offences({ tree, imports }: Module): Offence[] {
  const found: Offence[] = [];
  const add = (ban: Ban, node: ts.Node, what = node.getText(tree)): void => {
    found.push({ ban, line: lineOf(tree, node), what });
  };
  for (const { specifier, kind, line } of imports) {
    const ban = bannedModules.get(specifier);
    if (ban !== undefined && kind !== 'type') found.push({ ban, line, what: `import of ${specifier}` });
  }
  for (const { text, line } of commentsOf(tree))
    for (const [silencer] of text.matchAll(/@ts-(?:ignore|nocheck|expect-error)|eslint-disable[\w-]*/g))
      found.push({ ban: 'silenced check', line, what: silencer });

  walk(tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) add('any', node);
    else if (isPower(node) && !/^[23]$/.test(node.right.getText(tree))) add('power', node);
    else if (ts.isIdentifier(node) || (ts.isStringLiteralLike(node) && ts.isElementAccessExpression(node.parent))) {
      const name = bannedNames.find(([pattern]) => pattern.test(node.text));
      if (name) add(name[1], node);
      else if (ts.isIdentifier(node) && isReference(node)) {
        const ban = bannedGlobals.get(node.text) ?? bannedUse(node);
        if (ban !== undefined) add(ban, node, expressionAround(node).getText(tree));
      }
    }
  });
  return found;
}

const isPower = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) &&
  (node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken ||
    node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken);

/** How a global that is welcome in itself is used wrongly. */
function bannedUse(node: ts.Identifier): Ban | undefined {
  const members = bannedMembers.get(node.text);
  if (members === undefined) return undefined;
  const used = expressionAround(node);
  if (ts.isPropertyAccessExpression(used)) return members.get(used.name.text);
  const worst = [...members.values()][0]!;
  if (node.text !== 'Date') return worst;
  // `new Date(text)` parses; `new Date()`, `Date()` and `const { now } = Date` read the clock.
  if (ts.isNewExpression(used) && used.expression === node && (used.arguments?.length ?? 0) > 0) return undefined;
  if (ts.isBinaryExpression(used) && used.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return undefined;
  return worst;
}

/** `Math.random` around `Math`, also in `globalThis.Math.random`. */
function expressionAround(node: ts.Identifier): ts.Node {
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) && parent.name === node ? parent.parent : parent;
}

/** Whether an identifier stands for a value here, rather than naming a property, a declaration or a type. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return ts.isIdentifier(parent.expression) && ['globalThis', 'global'].includes(parent.expression.text);
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const named = parent as ts.Node & { readonly name?: ts.Node; readonly propertyName?: ts.Node };
  if (named.name === node || named.propertyName === node) return false;
  return !ts.isTypeNode(parent) && !ts.isQualifiedName(parent);
}

function commentsOf(tree: ts.SourceFile): { readonly text: string; readonly line: number }[] {
  const found = new Map<number, { readonly text: string; readonly line: number }>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(tree.text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(tree.text, node.end) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, { text: tree.text.slice(pos, end), line: lineAt(tree, pos) });
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...found.values()];
}
