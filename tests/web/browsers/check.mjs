// node tests/web/browsers/check.mjs FILE...: what scripts, styles and templates use that the
// oldest supported browsers lack (`oldestBrowsers` in package.json). Without files: all of ours.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { complaintsAboutMarkup } from "./markup.mjs";
import { complaintsAboutScripts } from "./scripts.mjs";
import { complaintsAboutStyles } from "./styles.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const KINDS = { ".css": complaintsAboutStyles, ".html": complaintsAboutMarkup };

function ours() {
  return ["static", "helpr_core/web/templates"].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true })
      .map((path) => `${root}${folder}/${path}`)
      .filter((path) => /\.(js|css|html)$/.test(path)),
  );
}

const files = process.argv.length > 2 ? process.argv.slice(2) : ours();
const complaints = [
  ...complaintsAboutScripts(files.filter((path) => /\.m?js$/.test(path))),
  ...Object.entries(KINDS).flatMap(([ending, complain]) =>
    files
      .filter((path) => path.endsWith(ending))
      .flatMap((file) => complain(readFileSync(file, "utf8")).map((one) => ({ file, ...one }))),
  ),
];
for (const { file, line, what, lacking } of complaints) {
  console.log(`${file.replace(root, "")}:${line}: ${what} is missing in ${lacking.join(", ")}`);
}
if (files.length === 0) console.log("nothing to check");
process.exitCode = complaints.length === 0 && files.length > 0 ? 0 : 1;
