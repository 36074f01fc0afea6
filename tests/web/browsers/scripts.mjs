// What a script uses that the oldest browsers lack: globals, members by the type of what they
// are a member of, and syntax. A linter that goes by names alone misses `list.toSorted()`.
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import ts from "typescript";
import { data, lacking } from "./oldest.mjs";
import { complaintsAboutAttribute } from "./markup.mjs";

const { builtins, classes, operators, regular_expressions: expressions } = data.javascript;
const SYNTAX = { ecmaVersion: 2022, sourceType: "module" };
/** Whose members are looked up by name where a type is not known. */
const PAGES_OWN = Object.keys(data.api).filter((name) =>
  /^(Abort\w+|Document|Element|Event|HTML\w*Element|Node|Request|Response|URL|Window)$/.test(name),
);
const TYPES = {
  allowJs: true,
  noEmit: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.full.d.ts"],
};

/**
 * @param {string[]} files
 * @returns {{ file: string, line: number, what: string, lacking: string[] }[]}
 */
export function complaintsAboutScripts(files) {
  const program = ts.createProgram(files, TYPES);
  const checker = program.getTypeChecker();
  return files.flatMap((file) => {
    const beyond = syntaxComplaint(file);
    if (beyond) return [beyond];
    return complaintsIn(/** @type {ts.SourceFile} */ (program.getSourceFile(file)), checker, file);
  });
}

/** Syntax of 2023 and later. Safari 15.6 has all that acorn knows of 2022 but what is told apart below. */
function syntaxComplaint(file) {
  try {
    parse(readFileSync(file, "utf8"), SYNTAX);
    return undefined;
  } catch (error) {
    return { file, line: error.loc?.line ?? 0, what: `syntax: ${error.message}`, lacking: ["all"] };
  }
}

function complaintsIn(source, checker, file) {
  const found = [];
  const note = (node, what, feature) => {
    const browsers = Array.isArray(feature) ? feature : lacking(feature);
    if (browsers.length === 0) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push({ file, line, what, lacking: browsers });
  };
  const visit = (node) => {
    if (ts.isIdentifier(node)) noteGlobal(node, checker, note);
    if (ts.isPropertyAccessExpression(node)) noteMember(node, node.name.text, checker, note);
    if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
      noteMember(node, node.argumentExpression.text, checker, note);
    }
    if (ts.isObjectBindingPattern(node)) noteBinding(node, checker, note);
    if (ts.isClassStaticBlockDeclaration(node)) {
      note(node, "a class's static block", classes.static.initialization_blocks);
    }
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) noteCall(node, note);
    if (ts.isAwaitExpression(node) && isOutsideOfFunctions(node)) {
      note(node, "await outside of a function", operators.await.top_level);
    }
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) noteExpression(node, node.text, note);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isOutsideOfFunctions(node) {
  return !ts.findAncestor(node, ts.isFunctionLike);
}

/** `structuredClone(…)`, `new Set()`; not `typeof structuredClone`, which asks for it first. */
function noteGlobal(node, checker, note) {
  const { parent } = node;
  if (ts.isTypeOfExpression(parent) || isNameOfSomething(node)) return;
  const symbol = checker.getSymbolAtLocation(node);
  if (symbol?.declarations?.length && !isOfTheLanguage(symbol)) return;
  const feature = data.api[node.text] ?? builtins[node.text] ?? data.api.Window[node.text];
  note(node, node.text, feature);
}

function isNameOfSomething({ parent, ...node }) {
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name.pos === node.pos) ||
    (ts.isPropertyAssignment(parent) && parent.name.pos === node.pos) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent)
  );
}

function isOfTheLanguage(symbol) {
  return symbol.declarations.some((one) => /\/lib\.[\w.]+\.d\.ts$/.test(one.getSourceFile().fileName));
}

/** `list.at(0)`, `AbortSignal.timeout(9)`; not `AbortSignal.timeout?.(9)`, which asks for it first. */
function noteMember(node, name, checker, note) {
  if (ts.isCallExpression(node.parent) && node.parent.questionDotToken) return;
  note(node, `${node.expression.getText()}.${name}`, missingMember(node.expression, name, checker));
}

function noteBinding(pattern, checker, note) {
  for (const element of pattern.elements) {
    const name = (element.propertyName ?? element.name).getText();
    const type = checker.getTypeAtLocation(pattern);
    note(element, name, missingIn(namesOf(type, checker), false, name));
  }
}

function missingMember(expression, name, checker) {
  const text = expression.getText();
  const owner = data.api[text] ?? builtins[text] ?? builtins.Intl[text.replace(/^Intl\./, "")];
  if (owner || text === "Intl") {
    const symbol = checker.getSymbolAtLocation(expression);
    if (text === "Intl") return lacking(builtins.Intl[name]);
    if (!symbol?.declarations || isOfTheLanguage(symbol)) {
      return lacking(owner[`${name}_static`] ?? owner[name]);
    }
  }
  if (text === "window" || text === "globalThis" || text === "self") {
    return lacking(data.api[name] ?? data.api.Window[name] ?? builtins[name]);
  }
  return missingIn(namesOf(checker.getTypeAtLocation(expression), checker), true, name);
}

/** By the types that it may be, else by the name: what nothing has in all browsers is told. */
function missingIn(types, goesByName, name) {
  const known = types
    .flatMap((type) => [data.api[type]?.[name], builtins[type]?.[name], builtins.Intl[type]?.[name]])
    .filter((feature) => feature?.__compat);
  if (known.length > 0) {
    const missing = known.map(lacking);
    return missing.some((browsers) => browsers.length === 0) ? [] : missing[0];
  }
  if (!goesByName || types.length > 0) return [];
  const everywhere = [...PAGES_OWN.map((type) => data.api[type]), ...Object.values(builtins)]
    .map((owner) => owner?.[name])
    .filter((feature) => feature?.__compat);
  const missing = everywhere.map(lacking);
  return missing.length > 0 && missing.every((browsers) => browsers.length > 0) ? missing[0] : [];
}

/** The names of a type and of all that it is made from; empty where it may be anything. */
function namesOf(type, checker) {
  const all = type.isUnionOrIntersection() ? type.types : [type];
  return all.flatMap((one) => {
    if (one.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return [];
    const apparent = checker.getApparentType(one);
    const own = apparent.symbol?.name?.replace(/^Readonly(?=Array|Map|Set)/, "") ?? "";
    const bases = apparent.isClassOrInterface?.() ? checker.getBaseTypes(apparent) : [];
    const generic = apparent.target?.isClassOrInterface?.() ? checker.getBaseTypes(apparent.target) : [];
    return [own, ...[...bases, ...generic].flatMap((base) => namesOf(base, checker))];
  });
}

/** Attributes that are set by a script, expressions made of text, an error's cause. */
function noteCall(node, note) {
  const called = node.expression.getText();
  const [first, second] = node.arguments ?? [];
  if (called === "RegExp" && first && ts.isStringLiteralLike(first)) {
    const flags = second && ts.isStringLiteralLike(second) ? second.text : "";
    noteExpression(node, `/${first.text}/${flags}`, note);
  }
  if (/Error$/.test(called) && second && ts.isObjectLiteralExpression(second)) {
    for (const { name } of second.properties) {
      if (name?.getText() === "cause") note(name, "an error's cause", builtins.Error.Error.options_cause_parameter);
    }
  }
  if (called.endsWith(".setAttribute") && first && ts.isStringLiteralLike(first)) {
    note(node, `the attribute ${first.text}`, complaintsAboutAttribute("", first.text, textOf(second)));
  }
  if (called === "el" && first && ts.isStringLiteralLike(first) && second && ts.isObjectLiteralExpression(second)) {
    for (const one of second.properties) {
      if (!one.name) continue;
      const attribute = one.name.text;
      const browsers = complaintsAboutAttribute(first.text, attribute, textOf(one.initializer));
      note(one, `the attribute ${attribute}`, browsers);
    }
  }
}

function textOf(node) {
  return node && ts.isStringLiteralLike(node) ? node.text : "";
}

function noteExpression(node, written, note) {
  const flags = written.slice(written.lastIndexOf("/") + 1);
  if (/\(\?<[=!]/.test(written)) note(node, "a look behind", expressions.lookbehind_assertion);
  if (/\(\?[ims]*-?[ims]+:/.test(written)) note(node, "a modifier", expressions.modifier);
  if (flags.includes("v")) note(node, "the flag v", builtins.RegExp.unicodeSets);
}
