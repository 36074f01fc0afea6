// node tests/web/validate.mjs FILE...: html-validate over files, with the project's rules.
// Its own command line needs a newer Node.js than the rest of the project's tools do, and
// looks for rules beside each file.
import { readFileSync } from "node:fs";
import { formatterFactory, HtmlValidate, StaticConfigLoader } from "html-validate";

const rules = JSON.parse(readFileSync(new URL("../../.htmlvalidate.json", import.meta.url), "utf8"));
const validator = new HtmlValidate(new StaticConfigLoader(rules));
const report = await validator.validateMultipleFiles(process.argv.slice(2));
process.stdout.write(formatterFactory("text")(report.results));
process.exitCode = report.valid && process.argv.length > 2 ? 0 : 1;
