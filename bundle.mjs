// node bundle.mjs [FOLDER]: makes what browsers get (static/built, or FOLDER) from the sources in
// static/. Each bundle is one request with an address that changes with its content.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const sources = join(root, "static");
const folder = process.argv[2] ?? join(sources, "built");

/** The bundles, and the source each begins with. Those of pages that are opened most are one request;
 * the dashboard's is in parts, of which a browser gets what the view that is open needs. */
const ENTRIES = {
  "helpr.css": "form/pages.css",
  "form.js": "form/form.js",
  "invited.js": "form/invited.js",
  "dashboard.css": "dashboard/dashboard.css",
  "dashboard.js": "dashboard/main.js",
};

/** esbuild's names for the oldest browsers; those for phones are the same versions. */
function oldestBrowsers() {
  const { oldestBrowsers: oldest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["chrome", "edge", "firefox", "safari"].map((name) => `${name}${oldest[name]}`);
}

/** One digest of all sources: helpr_core/web/pages.py makes the same, and so sees an edit. */
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
 * Builds these bundles; returns the names of the parts that they were split into. A part's name
 * changes with its content.
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
    logLevel: "warning",
  });
  const made = Object.keys(metafile.outputs).map((path) => basename(path));
  return made.filter((name) => !names.includes(name)).sort();
}

for (const name of existsSync(folder) ? readdirSync(folder) : [])
  if (/\.(css|js)$/.test(name)) rmSync(join(folder, name));
const PARTED = "dashboard.js";
await bundle(
  Object.keys(ENTRIES).filter((name) => name !== PARTED),
  false,
);
const parts = await bundle([PARTED], true);
const origin = { sources: digestOfSources(), entries: ENTRIES, parts };
writeFileSync(join(folder, "origin.json"), `${JSON.stringify(origin, null, 2)}\n`);
