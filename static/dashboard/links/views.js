// @ts-check
// The views of links and lists, which are loaded together when the first of them is looked at.

export { batch } from "../batches/batch.js";
export { batches } from "../batches/batches.js";
export { link } from "./link.js";
export { links } from "./links.js";
