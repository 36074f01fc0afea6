// node bundle.mjs [FOLDER]: makes what browsers get (static/built, or FOLDER) from the sources in
// static/. Each bundle is one request with an address that changes with its content.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const sources = join(root, "static");
const folder = process.argv[2] ?? join(sources, "built");

/** The bundles, and the source each begins with. */
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

await build({
  absWorkingDir: root,
  entryPoints: Object.entries(ENTRIES).map(([name, source]) => ({
    in: join(sources, source),
    out: name.replace(/\.\w+$/, ""),
  })),
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  target: oldestBrowsers(),
  logLevel: "warning",
});
const origin = { sources: digestOfSources(), entries: ENTRIES };
writeFileSync(join(folder, "origin.json"), `${JSON.stringify(origin, null, 2)}\n`);
