import { posix } from 'node:path';
import ts from 'typescript';

/** One text file of the repository; the path is relative to its root. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** One broken rule. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

/** One import, re-export, dynamic import or imported type. */
export interface ModuleImport {
  readonly line: number;
  readonly specifier: string;
  /** `type` leaves no trace in JavaScript; `dynamic` happens when the line is reached. */
  readonly kind: 'value' | 'type' | 'dynamic';
  /** The file behind a relative import. */
  readonly target?: string;
}

/** A parsed source file. */
export interface Module {
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly ModuleImport[];
}

/** Parses one file and lists what it imports. */
export function parseModule({ path, text }: SourceText): Module {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: ModuleImport[] = [];
  const add = (node: ts.Node, from: ts.Node, kind: ModuleImport['kind']): void => {
    const specifier = ts.isStringLiteralLike(from) ? from.text : from.getText(tree);
    const target = /^\.\.?\//.test(specifier)
      ? { target: posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts') }
      : {};
    imports.push({ line: lineOf(tree, node), specifier, kind, ...target });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node))
      add(
        node,
        node.moduleSpecifier,
        node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value',
      );
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier)
      add(node, node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value');
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node, node.moduleReference.expression, 'value');
    else if (ts.isImportTypeNode(node))
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node, 'type');
    else if (ts.isCallExpression(node) && node.arguments[0]) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0], 'dynamic');
      else if (ts.isIdentifier(node.expression) && node.expression.text === 'require')
        add(node, node.arguments[0], 'value');
    }
  });
  return { path, tree, imports };
}

/** Visits a node and everything below it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Line of a node, from 1. */
export const lineOf = (tree: ts.SourceFile, node: ts.Node): number => lineAt(tree, node.getStart(tree));

/** Line of a position, from 1. */
export const lineAt = (tree: ts.SourceFile, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1;

/** One line for each violation, for the message of a failed test. */
export const listed = (violations: readonly Violation[]): string[] =>
  violations.map(({ file, line, problem }) => `${file}:${line} ${problem}`);
