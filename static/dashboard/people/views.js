// @ts-check
// The views of people, which are loaded together when the first of them is looked at.

export { person } from "../person/person.js";
export { drift } from "./drift.js";
export { operations } from "./operations.js";
export { people } from "./people.js";
