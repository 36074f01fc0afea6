// @ts-check
// Whom the owner has ticked, across all pages of the list.

/** @typedef {import("../types.js").Person} Person */

/** The most that the API changes at once. */
export const MOST = 100;

/** @type {Map<string, Person>} */
const chosen = new Map();
/** @type {Set<() => void>} */
const watching = new Set();

export function chosenPeople() {
  return [...chosen.values()];
}

/** @param {Person} person */
export function isChosen(person) {
  return chosen.has(person.person_id);
}

/** @param {Person[]} people @param {boolean} wanted */
export function choose(people, wanted) {
  for (const person of people) {
    if (!wanted) chosen.delete(person.person_id);
    else if (chosen.size < MOST) chosen.set(person.person_id, person);
  }
  tell();
}

/** What is known about the selected people. @param {Person[]} people */
export function renew(people) {
  for (const person of people) if (isChosen(person)) chosen.set(person.person_id, person);
}

export function chooseNobody() {
  chosen.clear();
  tell();
}

/** @param {() => void} changed @param {AbortSignal} signal */
export function onChoice(changed, signal) {
  watching.add(changed);
  signal.addEventListener("abort", () => watching.delete(changed), { once: true });
}

function tell() {
  for (const changed of [...watching]) changed();
}
