// Collects the dashboard's views from the scripts in static/dashboard/: each says in `about` what it is.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "acorn";

const MADE = "`make bundles` makes this from what the views say about themselves: do not edit it.";
const FOLDER = "dashboard/collected";

/**
 * Writes the lists of views and of their styles, and returns the entries of the navigation in order.
 * @param {string} sources the folder static/
 */
export function collectViews(sources) {
  const paths = readdirSync(join(sources, "dashboard"), { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.includes("/") && !/^(parts|collected)\//.test(path))
    .sort();
  const views = paths
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => aboutIn(readFileSync(join(sources, "dashboard", path), "utf8"), path));
  const write = (name, lines) => keep(join(sources, FOLDER, name), `${lines.join("\n")}\n`);
  write("list.js", list(views));
  write("views.js", loaded(views.filter(({ at }) => at !== "")));
  write("views.css", styles(paths.filter((path) => path.endsWith(".css"))));
  return views
    .filter(({ menu }) => menu)
    .sort((one, other) => one.menu.order - other.menu.order)
    .map(({ at, title, menu: { name = title, drawing } }) => ({ at, name, drawing }));
}

/** Unchanged content is not written again: to a server that reloads it would be an edit. */
function keep(path, content) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
}

/** What the script says about its view: nothing if it is a part of another. */
function aboutIn(script, path) {
  for (const { declaration } of parse(script, { ecmaVersion: 2022, sourceType: "module" }).body) {
    const [declared] = declaration?.declarations ?? [];
    if (declared?.id.name !== "about") continue;
    const { start, end } = declared.init;
    return [{ ...runInNewContext(`(${script.slice(start, end)})`), path }];
  }
  return [];
}

function list(views) {
  const entry = ({ at, title, near }) => `  ${JSON.stringify({ at, title, near })},`;
  return [
    "// @ts-check",
    `// ${MADE}`,
    "",
    '/** @type {Pick<import("../types.js").About, "at" | "title" | "near">[]} */',
    "export const LIST = [",
    ...views.map(entry),
    "];",
  ];
}

function loaded(views) {
  const name = (path) => path.replace(/\.js$/, "").replace(/\W/g, "_");
  return [
    "// @ts-check",
    `// ${MADE}`,
    "",
    ...views.map(({ path }) => `import { view as ${name(path)} } from "../${path}";`),
    "",
    '/** @type {Record<string, import("../types.js").Shown>} */',
    "export const VIEWS = {",
    ...views.map(({ at, path }) => `  ${JSON.stringify(at)}: ${name(path)},`),
    "};",
  ];
}

function styles(paths) {
  return [`/* ${MADE} */`, "", ...paths.map((path) => `@import url("../${path}");`)];
}
