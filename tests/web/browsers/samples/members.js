// Members of things whose type has to be known, or the name, or both.
[3, 1].toSorted(); // missing
[1]["toSorted"](); // missing
[1].with(0, 2); // missing
new Map().entries().map((one) => one); // missing
new Set([1]).union(new Set([2])); // missing
document.forms[0].requestSubmit(); // missing
/** @type {any} */ (JSON.parse("[]")).toReversed(); // missing
const { toSpliced } = [1]; // missing
document.body.checkVisibility(); // missing
document.body.showPopover(); // missing
"a".isWellFormed(); // missing
export const parsed = new Set(document.querySelectorAll("p")).difference(new Set()); // missing
