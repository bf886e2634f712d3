import ts from 'typescript';
import { foreignNames } from './protocol-names.ts';

/** One construct that protocol code may not use. */
export interface PurityFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly construct: string;
  readonly why: string;
}

const Why = {
  reRun: 'the explorer stops a function by a throw and runs it again: it must have one way through',
  hidden: 'state that several threads share lives in words of the arena, behind the Memory port',
  allocates: 'protocol code neither allocates nor keeps collections: it works on words through the Memory port',
  captured: 'a closure carries state that no engine sees',
  foreign: 'behaviour may depend on nothing but arguments and results of the Memory port',
} as const;

/**
 * Finds what the protocol's source may not use, since the same functions run on threads and, again and again from
 * their start, in the explorer. Functions called `create…` that receive a `LayoutBuilder` run once at setup, before
 * there are threads, and are free.
 */
export function checkProtocolPurity(file: string, text: string): PurityFinding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const findings: PurityFinding[] = [];
  visit(source, false);
  return findings;

  function visit(node: ts.Node, inFunction: boolean): void {
    if (isSetup(node) || isDeclaredShape(node)) return;
    const broken = brokenRule(node, inFunction);
    if (broken !== undefined) report(node, broken[0], broken[1]);
    const within = inFunction || ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, within));
  }

  function report(node: ts.Node, construct: string, why: string): void {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    findings.push({ file, line: line + 1, column: character + 1, construct, why });
  }
}

type Rule = readonly [construct: string, why: string];

function brokenRule(node: ts.Node, inFunction: boolean): Rule | undefined {
  return brokenControl(node) ?? brokenCollection(node) ?? brokenFunction(node, inFunction) ?? brokenState(node);
}

function brokenControl(node: ts.Node): Rule | undefined {
  if (ts.isTryStatement(node)) return [node.finallyBlock ? 'try … finally' : 'try … catch', Why.reRun];
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return ['await', Why.reRun];
  if (ts.isYieldExpression(node)) return ['yield', Why.reRun];
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return ['async', Why.reRun];
  if (isGenerator(node)) return ['generator', Why.reRun];
  return undefined;
}

function brokenCollection(node: ts.Node): Rule | undefined {
  if (ts.isNewExpression(node)) return ['new', Why.allocates];
  if (ts.isArrayLiteralExpression(node) || ts.isArrayBindingPattern(node)) return ['array literal', Why.allocates];
  if (ts.isElementAccessExpression(node)) return ['element access', Why.allocates];
  if (ts.isArrayTypeNode(node) || ts.isTupleTypeNode(node)) return ['array type', Why.allocates];
  if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return ['spread', Why.allocates];
  if (ts.isParameter(node) && node.dotDotDotToken !== undefined) return ['rest parameter', Why.allocates];
  if (ts.isForOfStatement(node)) return ['for … of', Why.allocates];
  if (ts.isForInStatement(node)) return ['for … in', Why.allocates];
  return undefined;
}

function brokenFunction(node: ts.Node, inFunction: boolean): Rule | undefined {
  if (ts.isClassLike(node)) return ['class', Why.hidden];
  if (inFunction && isFunctionWithBody(node)) return ['nested function', Why.captured];
  return undefined;
}

function brokenState(node: ts.Node): Rule | undefined {
  if (isModuleVariable(node)) return ['module-level let or var', Why.hidden];
  if (isAssignmentToField(node)) return ['assignment to a field', Why.hidden];
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return ['Math.random', Why.foreign];
  if (ts.isIdentifier(node) && foreignNames.has(node.text) && isReference(node)) return [node.text, Why.foreign];
  return undefined;
}

/** Setup code: a top-level `function create…(layout: LayoutBuilder, …)`. */
function isSetup(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) &&
    node.name?.text.startsWith('create') === true &&
    node.parameters.some((parameter) => parameter.type?.getText() === 'LayoutBuilder')
  );
}

/** The shape of what setup code is given: an interface or a type holds nothing itself. */
function isDeclaredShape(node: ts.Node): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

function isGenerator(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken !== undefined;
}

/** A function type or a method of an interface has no body and captures nothing. */
function isFunctionWithBody(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function isModuleVariable(node: ts.Node): boolean {
  return (
    ts.isVariableStatement(node) &&
    ts.isSourceFile(node.parent) &&
    (node.declarationList.flags & ts.NodeFlags.Const) === 0
  );
}

function isAssignmentToField(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) {
    const operator = node.operatorToken.kind;
    const assigns = operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
    return assigns && ts.isPropertyAccessExpression(node.left);
  }
  if (ts.isDeleteExpression(node)) return true;
  const steps =
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken));
  return steps && ts.isPropertyAccessExpression(node.operand);
}

/** Whether the identifier stands for a variable or a type of that name, rather than naming a field. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) {
    return parent.name !== node;
  }
  return !ts.isQualifiedName(parent);
}
