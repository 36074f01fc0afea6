// What a stylesheet uses that the oldest browsers lack.
import { parse, walk } from "css-tree";
import { data, lackingYet } from "./oldest.mjs";

const css = data.css;

/** Dropped without harm by a browser that does not know it; why that is so. */
const HARMLESS = {
  "property text-wrap": "lines break where they would have",
  "property field-sizing": "the field keeps its size",
  "property scrollbar-gutter": "the page is moved by a scroll bar's width",
  "property scrollbar-width": "the scroll bar keeps its width",
  "property scrollbar-color": "the scroll bar keeps its colour",
  "property resize": "the field keeps its size",
  "media feature forced-colors": "Safari 15 has no such mode",
  ":-webkit-scrollbar": "the row has a scroll bar below it",
  "media feature scripting": "the skeleton stays beside the words of <noscript>",
};

/**
 * @param {string} text of a stylesheet
 * @returns {{ line: number, what: string, lacking: string[] }[]}
 */
export function complaintsAboutStyles(text) {
  const found = [];
  const note = (node, what, feature) => {
    const browsers = lackingYet(feature);
    if (browsers.length > 0 && !Object.hasOwn(HARMLESS, what)) {
      found.push({ line: node.loc?.start.line ?? 0, what, lacking: browsers });
    }
  };
  const tree = parse(text, { positions: true, parseCustomProperty: true });
  let rules = 0;
  walk(tree, {
    enter(node) {
      // What stands in @supports is there for those that know it.
      if (node.type === "Atrule" && node.name === "supports") return walk.skip;
      if (node.type === "Rule" && ++rules > 1) note(node, "nesting", css.selectors.nesting);
      // As css-tree reads it where the inner selector does not begin with "&".
      if (node.type === "Raw" && this.block && node.value.includes("{")) {
        note(node, "nesting", css.selectors.nesting);
      }
      if (node.type === "Atrule") note(node, `@${node.name}`, css["at-rules"][node.name]);
      if (node.type === "Feature" || node.type === "FeatureRange") noteMedia(node, note);
      if (node.type === "PseudoClassSelector" || node.type === "PseudoElementSelector") {
        note(node, `:${node.name}`, css.selectors[node.name]);
      }
      if (node.type === "Declaration" && !hasPrefixed(node, this.block)) noteDeclaration(node, note);
      return undefined;
    },
    leave(node) {
      if (node.type === "Rule") rules -= 1;
    },
  });
  return found;
}

/** Whether `-webkit-user-select` stands beside `user-select`: Safari's name for a long time. */
function hasPrefixed({ property }, block) {
  return block?.children.some((one) => one.property === `-webkit-${property}`) ?? false;
}

function noteMedia(node, note) {
  const media = css["at-rules"].media;
  if (node.type === "FeatureRange") note(node, "a range of a media feature", media.range_syntax);
  else note(node, `media feature ${node.name}`, media[node.name.replace(/^(min|max)-/, "")]);
}

function noteDeclaration(declaration, note) {
  const property = css.properties[declaration.property];
  note(declaration, `property ${declaration.property}`, property);
  walk(declaration.value, (node) => {
    if (node.type === "Function") note(node, `${node.name}()`, functionOf(node.name, property));
    if (node.type === "Identifier" && !node.name.startsWith("--")) {
      // The name of a property, in a transition, is no colour.
      const colours = declaration.property.startsWith("transition") ? {} : css.types.color;
      const value = property?.[node.name] ?? colours[node.name];
      if (lackingYet(property).length === 0) note(node, `${declaration.property}: ${node.name}`, value);
    }
    if (node.type === "Dimension") note(node, `the unit ${node.unit}`, unitOf(node.unit));
  });
}

function functionOf(name, property) {
  const known = css.types;
  return known[name] ?? known.color[name] ?? known.gradient?.[name] ?? property?.[name];
}

function unitOf(unit) {
  const lengths = css.types.length;
  const size = { s: "small", l: "large", d: "dynamic" }[unit[0]];
  if (/^[sld]v/.test(unit)) return lengths[`viewport_percentage_units_${size}`];
  if (/^cq/.test(unit)) return lengths.container_query_length_units;
  return lengths[unit] ?? css.types.angle[unit] ?? css.types.time[unit];
}
