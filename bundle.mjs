// node bundle.mjs [FOLDER]: makes what browsers get (static/built, or FOLDER) from the sources in
// static/. Each bundle is one request with an address that changes with its content.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { collectViews } from "./collect_views.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const sources = join(root, "static");
const folder = process.argv[2] ?? join(sources, "built");

/** The bundles, and the source each starts from. The most-opened pages take one request; the
 * dashboard's bundle is in parts, and a browser gets only those that the open view needs. */
const ENTRIES = {
  "helpr.css": "form/pages.css",
  "form.js": "form/form.js",
  "invited.js": "form/invited.js",
  "again.js": "form/again.js",
  "set_up.js": "set_up/set_up.js",
  "dashboard.css": "dashboard/dashboard.css",
  "dashboard.js": "dashboard/main.js",
};

/** esbuild's names for the oldest browsers; those for phones are the same versions. */
function oldestBrowsers() {
  const { oldestBrowsers: oldest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["chrome", "edge", "firefox", "safari"].map((name) => `${name}${oldest[name]}`);
}

/** One digest of all sources: helpr_core/web/pages.py computes the same, and so notices an edit. */
function digestOfSources() {
  const lines = readdirSync(sources, { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(css|js)$/.test(path) && !path.startsWith("built/"))
    .sort()
    .map((path) => `${path} ${sha256(readFileSync(join(sources, path)))}\n`);
  return sha256(lines.join(""));
}

function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * Builds these bundles; returns what was written, as esbuild describes it, by file name. A part's
 * name changes with its content.
 * @param {string[]} names
 * @param {boolean} splitting
 */
async function bundle(names, splitting) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({
      in: join(sources, ENTRIES[name]),
      out: name.replace(/\.\w+$/, ""),
    })),
    outdir: folder,
    bundle: true,
    splitting,
    metafile: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    target: oldestBrowsers(),
    // What a tsconfig.json says, here or in a folder above, is for the type checker.
    tsconfigRaw: "{}",
    logLevel: "warning",
  });
  const outputs = Object.entries(metafile.outputs);
  return Object.fromEntries(outputs.map(([path, made]) => [basename(path), made]));
}

/**
 * The codes of sentences in this script and everything it needs to start. If a script composes a
 * code, that is its beginning.
 * @param {string} name
 * @param {Awaited<ReturnType<typeof bundle>>} made
 * @returns {string[]}
 */
function codesOf(name, made) {
  const codes = readFileSync(join(folder, name), "utf8").matchAll(/["'`]((?:ui|library|join)\.[\w.]*)/g);
  const needed = made[name].imports.filter(({ kind }) => kind === "import-statement");
  const all = [
    ...Array.from(codes, ([, code]) => code),
    ...needed.flatMap(({ path }) => codesOf(basename(path), made)),
  ];
  return [...new Set(all)].sort();
}

const menu = collectViews(sources);
for (const name of existsSync(folder) ? readdirSync(folder) : [])
  if (/\.(css|js)$/.test(name)) rmSync(join(folder, name));
const PARTED = "dashboard.js";
await bundle(
  Object.keys(ENTRIES).filter((name) => name !== PARTED),
  false,
);
const made = await bundle([PARTED], true);
const parts = Object.keys(made).filter((name) => name !== PARTED).sort();
const first = codesOf(PARTED, made);
const origin = { sources: digestOfSources(), entries: ENTRIES, parts, first, menu };
writeFileSync(join(folder, "origin.json"), `${JSON.stringify(origin, null, 2)}\n`);
